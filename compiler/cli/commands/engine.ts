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

/** Installs an engine that does not come with the package, or what its processes exchange gradients through. */
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
    case "shm":
      return installShmBackend(flags, terminal);
    default: {
      const hint =
        name === "wasm" ? "wasm is always there" : "there are torch, tfjs-node, tfjs-node-gpu and shm";
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
  await addShm(terminal);
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
  await addShm(terminal);
  return exitCodes.clean;
}

async function installShmBackend(flags: InstallFlags, terminal: Terminal): Promise<ExitCode> {
  const foreign = Object.entries({
    "--from": flags.from !== undefined,
    "--cuda": flags.cuda,
    "--gpu": flags.gpu,
    "--index-url": flags.indexUrl !== undefined,
  }).find(([, isGiven]) => isGiven);
  if (foreign !== undefined) {
    throw new UsageError(`${foreign[0]} is an engine's flag`, "shm is built from this package's own sources");
  }
  const { planShm } = await import("lavis/runtime/engine");
  if (flags.dryRun) {
    for (const line of await planShm({ force: flags.force })) terminal.out(`${line}\n`);
    return exitCodes.clean;
  }
  terminal.error(`shm is installed (${await buildShm(flags.force, terminal)})\n`);
  return exitCodes.clean;
}

async function buildShm(force: boolean, terminal: Terminal): Promise<string> {
  const { installShm } = await import("lavis/runtime/engine");
  const progress = new ProgressLine(terminal);
  return installShm({ force, progress: { step: (text) => progress.show(text) } }).finally(() =>
    progress.end(),
  );
}

/** Whoever builds an engine has the tools for shm too. The engine is installed, whatever comes of it. */
async function addShm(terminal: Terminal): Promise<void> {
  try {
    await buildShm(false, terminal);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [reason] = error.message.split("\n");
    terminal.error(
      `shm could not be built with it: ${reason}; processes on one host exchange gradients over sockets until: lavisc engine install shm\n`,
    );
  }
}

/** Lists the engines, and what processes exchange gradients through, with whether they work here. */
export async function listEngines(terminal: Terminal): Promise<ExitCode> {
  const { probeEngines, probeShm } = await import("lavis/runtime/engine");
  const style = styleOf(terminal, "results");
  terminal.out(`${engineLines(await probeEngines(), style)}\n${engineLines([probeShm()], style)}`);
  return exitCodes.clean;
}
