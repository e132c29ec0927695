import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { availableParallelism, freemem } from "node:os";
import { dirname, join, relative } from "node:path";
import { installTorchCommand, torchCache } from "../torch/installed.ts";
import { buildAddon } from "./addon.ts";
import { type Progress, runStep } from "./run-step.ts";
import { type TorchLibrary, testedVersion } from "./torch-library.ts";

export interface TorchAddonOptions {
  /** The folder of the addon's sources. */
  readonly sources: string;
  /** A digest of them. */
  readonly digest: string;
  /** The command of the C++ compiler. */
  readonly compiler: string;
  /** Build again what is there. */
  readonly force: boolean;
  readonly log: string;
  readonly progress: Progress;
}

/** What one compiler needs for libtorch's headers; measured 0.93 GB. */
const compilerBytes = 1.2e9;

/** A path as the cache writes it: relative to the cache where it lies in it, so that the cache can be moved. */
export function portablePath(path: string): string {
  const inside = relative(torchCache(), path);
  return inside.startsWith("..") ? path : inside;
}

/** Where the addon for a libtorch lies once it is built from sources of this digest and has computed something. */
export function addonFile(torch: TorchLibrary, digest: string): string {
  const hash = createHash("sha256").update(`${portablePath(torch.folder)}\0${digest}`);
  return torchCache(torch.version, `addon-${hash.digest("hex").slice(0, 12)}`, "lavis_torch.node");
}

/**
 * Builds the addon for a libtorch, lets it compute something in a process of its own, and returns its file. One
 * that is there from an earlier installation is taken if it still computes, unless `force` is set.
 *
 * @throws UserError when it does not build, or does not compute.
 */
export async function makeAddon(torch: TorchLibrary, options: TorchAddonOptions): Promise<string> {
  const { sources, digest, compiler, force, log, progress } = options;
  const addon = addonFile(torch, digest);
  if (!force && existsSync(addon)) {
    progress.step("computing something with it");
    const works = await verify(addon, torch, log).then(
      () => true,
      () => false,
    );
    if (works) return addon;
  }
  progress.step(`building the addon for torch ${torch.version}`);
  const jobs = Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / compilerBytes)));
  await buildAddon(addon, {
    sources,
    variables: { torch_folder: torch.folder, torch_runpath: runPath(torch, addon) },
    environment: { CXX: compiler, JOBS: String(jobs) },
    hint: `the engine is tested with torch ${testedVersion} (${installTorchCommand} --from pip takes it); if that does not build either, please report it with the log${torch.cuda ? "; LAVIS_NCCL=off leaves out what joins processes on GPUs" : ""}`,
    log,
    progress,
    verify: (built) => verify(built, torch, log),
  });
  return addon;
}

/** Where the addon looks for libtorch: relative to itself where both lie in the cache. In the words of make. */
function runPath(torch: TorchLibrary, addon: string): string {
  const libraries = join(torch.folder, "lib");
  if (portablePath(torch.folder) === torch.folder) return libraries;
  const origin = process.platform === "darwin" ? "@loader_path" : "\\$$ORIGIN";
  return `${origin}/${relative(dirname(addon), libraries)}`;
}

const verifyScript = `
const torch = require(process.argv[1]);
const row = torch.fromArray(new Float32Array([2, 3]), [1, 2], "cpu");
const column = torch.fromArray(new Float32Array([5, 7]), [2, 1], "cpu");
const product = torch.item(torch.call(torch.op("aten::mm", ""), row, column));
if (product !== 31) throw new Error("2*5 + 3*7 gave " + product);
`;

/** Computes a product in a fresh process: a library that does not fit can end it. */
async function verify(addon: string, torch: TorchLibrary, log: string): Promise<void> {
  await runStep(process.execPath, ["-e", verifyScript, addon], {
    cwd: torchCache(),
    log,
    hint: `torch ${torch.version} in ${torch.folder} does not work here; try another: ${installTorchCommand} --from pip`,
  });
}
