import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../errors.ts";
import { runStep, type StepOptions } from "./run-step.ts";

export interface WheelOptions extends StepOptions {
  /** What pip is asked for, such as torch==2.13.0. */
  readonly requirement: string;
  /** Whether the wheels that it depends on are taken too. */
  readonly dependencies?: boolean;
  /** An index that pip asks instead of the one of its own configuration. */
  readonly indexUrl?: string;
}

/** A name beside `path` that nothing else uses: also not a child of an installation that was killed and goes on. */
export function temporaryBeside(path: string): string {
  const unique = `${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  return join(dirname(path), `.partial-${basename(path)}-${unique}`);
}

/** Whether a file or folder has a name of {@link temporaryBeside}. */
export const isTemporary = (name: string): boolean => name.startsWith(".partial-");

/**
 * Downloads wheels with pip into `folder`, which is there only when all of them are whole. Nothing of the
 * wheels is run. Returns the names of their files.
 */
export async function downloadWheels(folder: string, options: WheelOptions): Promise<string[]> {
  const { requirement, dependencies = false, indexUrl, ...step } = options;
  const partial = temporaryBeside(folder);
  mkdirSync(partial, { recursive: true });
  try {
    await runStep(
      "python3",
      [
        ...["-m", "pip", "download", "--only-binary", ":all:", "--disable-pip-version-check"],
        ...(dependencies ? [] : ["--no-deps"]),
        ...(indexUrl === undefined ? [] : ["--index-url", indexUrl]),
        ...["-d", partial, requirement],
      ],
      step,
    );
    const wheels = wheelsIn(partial);
    if (wheels.length === 0) {
      throw new UserError(`pip downloaded no wheel for ${requirement} into ${partial}`, options.hint);
    }
    renameSync(partial, folder);
    return wheels;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** The wheels in a folder. */
export function wheelsIn(folder: string): string[] {
  return readdirSync(folder).filter((file) => file.endsWith(".whl"));
}

/** Unpacks only what is asked for of wheels (zip files of several hundred MB): the rest is Python. */
const unpackScript = `
import sys, zipfile
wheel, target, *parts = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.startswith(tuple(parts)):
            archive.extract(name, target)
`;

/** Unpacks the files of a wheel whose names begin with one of `parts` into `target`. */
export async function unpackWheel(
  wheel: string,
  target: string,
  parts: readonly string[],
  options: StepOptions,
): Promise<void> {
  mkdirSync(target, { recursive: true });
  await runStep("python3", ["-c", unpackScript, wheel, target, ...parts], options);
}
