import { engineLines } from "../engine-lines.ts";
import { type ExitCode, exitCodes, UsageError } from "../exit.ts";
import { ProgressLine } from "../progress-line.ts";
import { styleOf, type Terminal } from "../terminal.ts";

export interface InstallFlags {
  readonly from?: string;
  readonly cuda: boolean;
  readonly gpu: boolean;
  readonly indexUrl?: string;
  readonly dryRun: boolean;
  readonly force: boolean;
}

/** Installs an engine that does not come with the package. */
export async function installEngine(
  name: string,
  flags: InstallFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  switch (name) {
    case "torch":
      return installTorchEngine(flags, terminal);
    case "tfjs-node":
    case "tfjs-node-gpu":
      return installTfjsEngine(name, flags, terminal);
    default: {
      const hint = name === "wasm" ? "wasm is always there" : "there are torch, tfjs-node and tfjs-node-gpu";
      throw new UsageError(`there is no engine ${name} to install`, hint);
    }
  }
}

async function installTorchEngine(flags: InstallFlags, terminal: Terminal): Promise<ExitCode> {
  if (flags.gpu) throw new UsageError("--gpu is tfjs-node's flag", "torch for NVIDIA GPUs: --cuda");
  if (flags.from === "npm") {
    throw new UsageError(
      "--from npm is tfjs-node's source",
      "torch comes from python, pip or a folder: --from DIR",
    );
  }
  const { installTorch, planTorch } = await import("lavis/runtime/engine");
  const request = {
    cuda: flags.cuda,
    force: flags.force,
    ...(flags.from !== undefined && { from: flags.from }),
    ...(flags.indexUrl !== undefined && { indexUrl: flags.indexUrl }),
  };
  if (flags.dryRun) {
    for (const line of await planTorch(request)) terminal.out(`${line}\n`);
    return exitCodes.clean;
  }
  const progress = new ProgressLine(terminal);
  const installed = await installTorch({
    ...request,
    progress: { step: (text) => progress.show(text) },
  }).finally(() => progress.end());
  const { version, from, torchFolder } = installed;
  terminal.error(`torch ${version} is installed, from ${from} (${torchFolder})\n`);
  return exitCodes.clean;
}

async function installTfjsEngine(
  name: "tfjs-node" | "tfjs-node-gpu",
  flags: InstallFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const foreign = Object.entries({
    "--cuda": flags.cuda,
    "--index-url": flags.indexUrl !== undefined,
    "--dry-run": flags.dryRun,
  }).find(([, isGiven]) => isGiven);
  if (foreign !== undefined) {
    const hint = foreign[0] === "--cuda" ? "tfjs-node for NVIDIA GPUs: --gpu" : `leave ${foreign[0]} out`;
    throw new UsageError(`${foreign[0]} is torch's flag`, hint);
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
