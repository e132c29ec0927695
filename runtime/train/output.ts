import {
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { isSystemError, UserError } from "../errors.ts";
import type { TrainEvent } from "./events.ts";

/** The files of one run: `run.json`, `log.jsonl`, `result/`, `checkpoints/`. */
export interface RunFolder {
  readonly path: string;
  /**
   * Writes a JSON file whole or not at all; `name` is relative to the folder. Returns its path.
   * @throws UserError where it cannot be written
   */
  writeJson(name: string, value: unknown): string;
  /** Appends one line to `log.jsonl`. @throws UserError where it cannot be written */
  log(event: TrainEvent & { readonly time: number }): void;
  close(): void;
}

const pad = (value: number): string => String(value).padStart(2, "0");

/** A run's name: the local time to the second, `20260131-235959`. */
function timeName(now: Date): string {
  const date = `${now.getFullYear()}${pad(now.getMonth() + 1)}${pad(now.getDate())}`;
  return `${date}-${pad(now.getHours())}${pad(now.getMinutes())}${pad(now.getSeconds())}`;
}

/**
 * Makes a new folder for a run under `outputDir` and points `outputDir/latest` at it.
 *
 * Every run gets its own folder, whenever it starts (LAVIS gives runs of the same ten minutes one folder,
 * where they overwrite each other: common/utils.py:37). Throws a `UserError` when it cannot be made.
 */
export function createRunFolder(outputDir: string, now: Date = new Date()): RunFolder {
  const path = makeUnique(outputDir, timeName(now));
  pointLatest(outputDir, path);
  mkdirSync(join(path, "result"));
  mkdirSync(join(path, "checkpoints"));
  return openRunFolder(path);
}

/** Goes on in the folder of a run that was ended: its log is added to. */
export function openRunFolder(path: string): RunFolder {
  const log = openSync(join(path, "log.jsonl"), "a");
  return {
    path,
    writeJson(name, value) {
      const file = join(path, name);
      onDisk(`${file} cannot be written`, () => {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(`${file}.partial`, `${JSON.stringify(value, namedNumbers, 2)}\n`);
        renameSync(`${file}.partial`, file);
      });
      return file;
    },
    log: (event) => {
      onDisk(`${join(path, "log.jsonl")} cannot be written`, () => writeSync(log, `${jsonLine(event)}\n`));
    },
    close: () => closeSync(log),
  };
}

/** The folder of a run whose first process writes it, as the other processes see it: they write nothing. */
export function followRunFolder(path: string): RunFolder {
  return { path, writeJson: (name) => join(path, name), log: () => {}, close: () => {} };
}

/**
 * Does something with files of a run's folder.
 * @throws UserError that says `what` could not be done where the operating system refused it
 */
export function onDisk<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof UserError || !isSystemError(error)) throw error;
    const hint =
      "make room on the disk, or set run.output_dir to another one; checkpoints already there are whole";
    throw new UserError(`${what}: ${error.message}`, hint, { cause: error });
  }
}

function makeUnique(outputDir: string, name: string): string {
  try {
    mkdirSync(outputDir, { recursive: true });
    for (let attempt = 1; ; attempt++) {
      const path = join(outputDir, attempt === 1 ? name : `${name}-${attempt}`);
      try {
        mkdirSync(path);
        return path;
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      }
    }
  } catch (error) {
    throw new UserError(
      `the output folder ${outputDir} cannot be made: ${error instanceof Error ? error.message : error}`,
      "set run.output_dir to a folder that you may write to",
    );
  }
}

/** Replaces the link in one rename, so that it never points nowhere; a file system without links goes without. */
function pointLatest(outputDir: string, path: string): void {
  const link = join(outputDir, `.latest-${process.pid}`);
  try {
    symlinkSync(basename(path), link, "dir");
    renameSync(link, join(outputDir, "latest"));
  } catch {
    rmSync(link, { force: true });
  }
}

/** JSON has no NaN or infinity, and `null` would hide which it was: they are written by name. */
function namedNumbers(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

/** A value as one line of JSON, with non-finite numbers written by name. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value, namedNumbers);
}
