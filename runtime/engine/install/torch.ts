import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { UserError } from "../../errors.ts";
import { withLock } from "../../lock.ts";
import {
  addonSources,
  addonSourcesDigest,
  type InstalledTorch,
  installedTorch,
  torchCache,
} from "../torch/installed.ts";
import { removeLeftovers, requirePlainPath } from "./addon.ts";
import { findBuildTools, headersLine, howToGet, missingTools, requireBuildTools } from "./build-tools.ts";
import { fetchNodeHeaders } from "./node-gyp.ts";
import { temporaryBeside } from "./pip.ts";
import type { Progress } from "./run-step.ts";
import { addonFile, makeAddon, portablePath } from "./torch-addon.ts";
import { findPythonTorch, readTorchFolder, type TorchLibrary, torchFromFolder } from "./torch-library.ts";
import {
  downloadFolder,
  fetchTorchWheel,
  isDownloaded,
  torchRequirement,
  unpackedWheel,
} from "./torch-wheel.ts";

/** What is asked for. */
export interface TorchRequest {
  /** `python`: a Python's torch; `pip`: the wheel; a folder: that; undefined: python, then pip. */
  readonly from?: string;
  /** Whether it has to compute on NVIDIA GPUs. */
  readonly cuda: boolean;
  /** The index that pip asks instead of the one of its own configuration. */
  readonly indexUrl?: string;
  /** Install again although it is there and works. */
  readonly force?: boolean;
  /** The folder of the addon's sources; this package's own unless given. */
  readonly sources?: string;
}

export interface TorchInstallOptions extends TorchRequest {
  readonly progress: Progress;
}

/** Where libtorch comes from, and why. */
interface Source {
  readonly from: string;
  /** The library, where it is on this machine; pip brings it otherwise. */
  readonly torch: TorchLibrary | undefined;
  /** Why it is this one, in words. */
  readonly reason: string;
}

/** Throws a `UserError` when no libtorch can be had as asked, or make could not name its path. */
async function chooseSource(request: TorchRequest): Promise<Source> {
  const source = await findSource(request);
  requirePlainPath(torchCache(), "set LAVIS_CACHE to another folder");
  if (source.torch !== undefined) requirePlainPath(source.torch.folder, "take pip's wheel: --from pip");
  return source;
}

async function findSource({ from, cuda }: TorchRequest): Promise<Source> {
  if (from === "pip") return { from, torch: undefined, reason: "torch comes from pip" };
  if (from !== undefined && from !== "python") {
    const torch = torchFromFolder(from, cuda);
    return { from: resolve(from), torch, reason: `torch ${torch.version} is in ${torch.folder}` };
  }
  const reasons: string[] = [];
  for (const { python, torch } of await findPythonTorch()) {
    if (typeof torch === "string") reasons.push(`${python}: ${torch}`);
    else if (cuda && !torch.cuda) reasons.push(`${python}: torch ${torch.version} is built without CUDA`);
    else return { from: "python", torch, reason: `${python} has torch ${torch.version} in ${torch.folder}` };
  }
  const why = reasons.length === 0 ? "no Python here has torch" : reasons.join("; ");
  if (from === "python") {
    throw new UserError(
      `--from python: ${why}`,
      "activate the environment that has it, or take the wheel: --from pip",
    );
  }
  return { from: "pip", torch: undefined, reason: `${why}: torch comes from pip` };
}

/** The engine that is installed, unless its record is damaged: installing writes it anew. */
function recorded(): InstalledTorch | undefined {
  try {
    return installedTorch();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** What is installed, if it is what is asked for and still fits its libtorch and this package's sources. */
function whatFits(request: TorchRequest): InstalledTorch | undefined {
  const present = request.force ? undefined : recorded();
  if (present === undefined || (request.cuda && !present.cuda)) return undefined;
  const { from } = request;
  const wanted = from === undefined || from === "python" || from === "pip" ? from : resolve(from);
  if (wanted !== undefined && wanted !== present.from) return undefined;
  const torch = readTorchFolder(present.torchFolder);
  const isCurrent =
    typeof torch !== "string" &&
    torch.version === present.version &&
    existsSync(present.addon) &&
    present.sources === addonSourcesDigest(request.sources);
  return isCurrent ? present : undefined;
}

/**
 * What {@link installTorch} would do, one line each; changes nothing.
 *
 * @throws UserError as {@link installTorch} does, where the asked libtorch cannot be used.
 */
export async function planTorch(request: TorchRequest): Promise<string[]> {
  const present = whatFits(request);
  if (present !== undefined) {
    return [`torch ${present.version} from ${present.from} is installed (${present.addon}): nothing to do`];
  }
  const { from, torch: onMachine, reason } = await chooseSource(request);
  const { tools } = await findBuildTools("c++");
  const missing = missingTools(tools, from === "pip");
  const unpacked = request.force || from !== "pip" ? undefined : unpackedWheel(request.cuda);
  const torch = onMachine ?? unpacked;
  const lines = [
    ...tools.map(({ name, found }) => `${name}: ${found ?? "missing"}`),
    ...(missing.length === 0 ? [] : [`first ${howToGet(missing)}`]),
    headersLine(),
    reason,
  ];
  if (from === "pip" && unpacked === undefined) {
    const size = request.cuda ? "with CUDA's libraries, some GB" : "about 0.2 GB";
    lines.push(
      !request.force && isDownloaded(request.cuda)
        ? `${downloadFolder(request.cuda)} has its wheel already`
        : `downloads ${torchRequirement} (${size}) into ${downloadFolder(request.cuda)}`,
      `unpacks its libraries and headers (${request.cuda ? "some GB" : "about 0.5 GB"}) into ${torchCache()}`,
    );
  }
  if (unpacked !== undefined)
    lines.push(`torch ${unpacked.version} is unpacked in ${unpacked.folder} already`);
  const addon = torch === undefined ? undefined : addonFile(torch, addonSourcesDigest(request.sources));
  lines.push(
    addon !== undefined && !request.force && existsSync(addon)
      ? `the addon is built already: ${addon}`
      : `builds the addon with node-gyp into ${addon ?? torchCache()}`,
    `computes something with it, and makes it the engine of ${torchCache("engine.json")}`,
  );
  return lines;
}

/**
 * Installs the libtorch engine into the cache and returns what is installed.
 *
 * libtorch is a Python's installed torch, pip's wheel, or a folder; the addon is built for it with node-gyp. Each
 * step leaves its result under its final name only when it is whole, so that an installation that was ended at any
 * point goes on there; engine.json names the new engine only after it has computed something. One installation
 * runs at a time. Throws a `UserError` that says what is missing or which step failed.
 */
export async function installTorch(options: TorchInstallOptions): Promise<InstalledTorch> {
  if (process.platform === "win32") {
    throw new UserError("the torch engine is built on Linux and macOS only", "use engine = wasm on Windows");
  }
  const lock = torchCache("install.lock");
  if (existsSync(lock)) options.progress.step("waiting for another installation to end");
  return withLock(lock, async () => whatFits(options) ?? (await install(options)));
}

async function install(options: TorchInstallOptions): Promise<InstalledTorch> {
  const { cuda, force = false, sources = addonSources, progress } = options;
  removeLeftovers(torchCache());
  const source = await chooseSource(options);
  progress.step(source.reason);
  const isWheel = source.torch === undefined;
  const compiler = requireBuildTools("the torch engine", await findBuildTools("c++"), isWheel);
  const log = torchCache("install.log");
  writeFileSync(log, "");
  await fetchNodeHeaders({ cwd: torchCache(), log });

  const torch =
    source.torch ?? (await fetchTorchWheel({ cuda, indexUrl: options.indexUrl, force, log, progress }));
  const digest = addonSourcesDigest(sources);
  const addon = await makeAddon(torch, { sources, digest, compiler, force, log, progress });
  const engine: InstalledTorch = {
    version: torch.version,
    cuda: torch.cuda,
    from: source.from,
    torchFolder: torch.folder,
    addon,
    sources: digest,
    installed: new Date().toISOString(),
  };
  record(engine);
  return engine;
}

/** Makes an engine the installed one, in one moment. */
function record(engine: InstalledTorch): void {
  const file = torchCache("engine.json");
  const partial = temporaryBeside(file);
  const portable = {
    ...engine,
    torchFolder: portablePath(engine.torchFolder),
    addon: portablePath(engine.addon),
  };
  writeFileSync(partial, `${JSON.stringify(portable, null, 2)}\n`);
  renameSync(partial, file);
  // The addons of this version that it replaces; a process that has one loaded keeps it.
  const versionFolder = dirname(dirname(engine.addon));
  for (const entry of readdirSync(versionFolder)) {
    const folder = join(versionFolder, entry);
    if (entry.startsWith("addon-") && folder !== dirname(engine.addon)) rmSync(folder, { recursive: true });
  }
}
