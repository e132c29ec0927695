import { engineLines } from "../engine-lines.ts";
import { type ExitCode, exitCodes, UsageError } from "../exit.ts";
import { ProgressLine } from "../progress-line.ts";
import { styleOf, type Terminal } from "../terminal.ts";

export interface InstallFlags {
  readonly gpu: boolean;
  readonly from?: string;
  readonly force: boolean;
}

/** Installs an engine that does not come with the package. */
export async function installEngine(
  name: string,
  flags: InstallFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  if (name !== "tfjs-node" && name !== "tfjs-node-gpu") {
    const hint = name === "wasm" ? "wasm is always there" : "there are tfjs-node and tfjs-node-gpu";
    throw new UsageError(`there is no engine ${name} to install`, hint);
  }
  const { installTfjsNode } = await import("lavis/runtime/engine");
  const progress = new ProgressLine(terminal);
  const installed = await installTfjsNode({
    gpu: flags.gpu || name === "tfjs-node-gpu",
    force: flags.force,
    ...(flags.from !== undefined && { from: flags.from }),
    progress: { step: (text) => progress.show(text) },
  }).finally(() => progress.end());
  const { engine, version, tensorflow, from } = installed;
  terminal.error(`${engine} ${version} is installed, with TensorFlow ${tensorflow} from ${from}\n`);
  return exitCodes.clean;
}

/** Lists the engines with whether they work here. */
export async function listEngines(terminal: Terminal): Promise<ExitCode> {
  const { probeEngines } = await import("lavis/runtime/engine");
  terminal.out(engineLines(await probeEngines(), styleOf(terminal, "results")));
  return exitCodes.clean;
}
