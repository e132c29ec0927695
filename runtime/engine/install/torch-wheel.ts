import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../errors.ts";
import { installTorchCommand, torchCache } from "../torch/installed.ts";
import { downloadWheels, temporaryBeside, unpackWheel, wheelsIn } from "./pip.ts";
import { type Progress, runStep, type StepOptions } from "./run-step.ts";
import { readTorchFolder, type TorchLibrary, testedVersion } from "./torch-library.ts";

export interface TorchWheelOptions {
  readonly cuda: boolean;
  readonly indexUrl?: string | undefined;
  /** Download and unpack again what is there. */
  readonly force: boolean;
  readonly log: string;
  readonly progress: Progress;
}

/** What pip is asked for. */
export const torchRequirement = `torch==${testedVersion}`;

/** What of the wheels is unpacked: libtorch, its version, and the libraries that wheels bundle beside it. */
const parts = ["torch/lib/", "torch/include/", "torch/version.py", "torch/.dylibs/", "torch.libs/"];
/** A CUDA build finds NVIDIA's libraries in their own wheels, from torch/lib by ../../nvidia. */
const cudaParts = [...parts, "nvidia/"];

/** Whole downloads, by what was asked for; removed when they are unpacked. */
export function downloadFolder(cuda: boolean): string {
  return torchCache(`download-${testedVersion}${cuda ? "-cuda" : ""}`);
}

/** The folder that a version's wheels are unpacked in. */
const siteFolder = (version: string): string => torchCache(version, "site");

/** The libtorch that an earlier installation unpacked from wheels, if it is the release and build that is wanted. */
export function unpackedWheel(cuda: boolean): TorchLibrary | undefined {
  if (!existsSync(torchCache())) return undefined;
  for (const version of readdirSync(torchCache())) {
    if (!version.startsWith(testedVersion)) continue;
    const torch = readTorchFolder(join(siteFolder(version), "torch"));
    if (typeof torch !== "string" && torch.cuda === cuda) return torch;
  }
  return undefined;
}

/** Whether a whole download waits to be unpacked. */
export function isDownloaded(cuda: boolean): boolean {
  return existsSync(downloadFolder(cuda));
}

/**
 * Gets libtorch from pip's wheel and returns where it lies. A whole download and a whole unpacked libtorch of an
 * earlier installation are taken as they are, unless `force` is set. Throws a `UserError` when pip fails, or
 * hands out the other build than the one that was asked for.
 */
export async function fetchTorchWheel(options: TorchWheelOptions): Promise<TorchLibrary> {
  const { cuda, force, progress } = options;
  const present = force ? undefined : unpackedWheel(cuda);
  if (present !== undefined) return present;
  const downloads = downloadFolder(cuda);
  if (force) rmSync(downloads, { recursive: true, force: true });
  const step: StepOptions = {
    cwd: torchCache(),
    log: options.log,
    hint: `check that pip reaches an index with wheels of torch ${testedVersion} for this Python (--index-url URL names one), or use a libtorch that is here: ${installTorchCommand} --from DIR`,
  };
  if (!isDownloaded(cuda)) {
    progress.step(
      `downloading torch ${testedVersion} with pip (${cuda ? "with CUDA's libraries, some GB" : "about 0.2 GB"})`,
    );
    await downloadWheels(downloads, {
      ...step,
      requirement: torchRequirement,
      dependencies: cuda,
      ...(options.indexUrl !== undefined && { indexUrl: options.indexUrl }),
    });
  }
  const wheels = wheelsIn(downloads);
  const wheel = wheels.find((file) => file.startsWith("torch-"));
  if (wheel === undefined) {
    throw new UserError(
      `${downloads} holds no wheel of torch`,
      `download it again: ${installTorchCommand} --from pip --force`,
    );
  }
  const version = wheel.split("-")[1] ?? testedVersion;
  await checkBuild(join(downloads, wheel), version, options, step);

  progress.step(`unpacking the libraries and headers of torch ${version}`);
  const again = { ...step, hint: `download it again: ${installTorchCommand} --from pip --force` };
  const site = siteFolder(version);
  const partial = temporaryBeside(site);
  try {
    const wanted = cuda ? wheels : [wheel];
    for (const file of wanted) {
      await unpackWheel(join(downloads, file), partial, cuda ? cudaParts : parts, again);
    }
    const torch = readTorchFolder(join(partial, "torch"));
    if (typeof torch === "string") throw new UserError(`pip's wheel cannot be used: ${torch}`, again.hint);
    rmSync(site, { recursive: true, force: true });
    renameSync(partial, site);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  rmSync(downloads, { recursive: true, force: true });
  return { version, cuda, folder: join(site, "torch") };
}

const listScript = `
import sys, zipfile
print(any(name.startswith("torch/lib/libtorch_cuda.") for name in zipfile.ZipFile(sys.argv[1]).namelist()))
`;

/**
 * Throws when the wheel is the other build, and removes it then: pip's own cache keeps what it may need again.
 * Which of its builds an index hands out depends on the system and on the index, not on what it is asked for.
 */
async function checkBuild(
  wheel: string,
  version: string,
  { cuda }: TorchWheelOptions,
  step: StepOptions,
): Promise<void> {
  const hasCuda = (await runStep("python3", ["-c", listScript, wheel], step)).trim() === "True";
  if (hasCuda === cuda) return;
  rmSync(dirname(wheel), { recursive: true, force: true });
  const how = "with --index-url URL, or in pip's own configuration";
  throw hasCuda
    ? new UserError(
        `pip hands out torch ${version} built for CUDA, and --cuda was not given`,
        `add --cuda (some GB with CUDA's libraries), or point pip at an index of CPU builds: ${how}`,
      )
    : new UserError(
        `pip hands out torch ${version} built without CUDA, and --cuda was given`,
        `point pip at an index of CUDA builds: ${how}; or leave --cuda out`,
      );
}
