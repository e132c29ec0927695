import { createHash } from "node:crypto";
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../errors.ts";
import { syncPath, type Written, writeFileAtomic, writeSynced } from "./file.ts";
import { openSafetensors, type TensorToWrite, writeSafetensors } from "./safetensors.ts";
import type { WeightSource } from "./source.ts";
import { type CheckpointManifest, parseManifest, type TrainState } from "./train-state.ts";

/** Names that follow a checkpoint as training goes on. */
export type Pointer = "latest" | "best";

export interface CheckpointToWrite {
  readonly model: ReadonlyMap<string, TensorToWrite>;
  /** Moments of the optimizer, by parameter; left out of checkpoints that are not to be resumed. */
  readonly optimizer?: ReadonlyMap<string, TensorToWrite>;
  readonly state: TrainState;
}

/** A checkpoint whose files have been verified; close it after reading. */
export interface OpenCheckpoint {
  readonly path: string;
  readonly manifest: CheckpointManifest;
  readonly model: WeightSource;
  readonly optimizer: WeightSource | undefined;
  close(): void;
}

const modelFile = "model.safetensors";
const optimizerFile = "optimizer.safetensors";
const stateFile = "state.json";
/** Folders of writes that did not finish, and of checkpoints that were being replaced. */
const writing = ".writing-";
const replaced = ".replaced-";

/**
 * The checkpoints of one run: `FOLDER/NAME/{model.safetensors, optimizer.safetensors, state.json}` and the
 * pointers `FOLDER/{latest, best}`, text files with a checkpoint's name.
 *
 * A checkpoint is written under another name, synced, and renamed, so that whatever happens a name stands for a
 * whole checkpoint or for none. One process writes to a folder at a time.
 */
export class CheckpointStore {
  readonly folder: string;

  /** Makes the folder if need be, and clears away what an interrupted write left. */
  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    for (const entry of readdirSync(folder)) {
      const path = join(folder, entry);
      if (entry.startsWith(writing) || entry.endsWith(".tmp")) rmSync(path, { recursive: true, force: true });
      if (!entry.startsWith(replaced)) continue;
      // The write that replaced it was cut off between its two renames: the old one counts.
      const original = join(folder, entry.slice(replaced.length));
      if (existsSync(original)) rmSync(path, { recursive: true, force: true });
      else renameSync(path, original);
    }
  }

  /**
   * Writes a checkpoint whole or not at all, replacing one of the same name, and points `latest` at it.
   * @throws Error of the file system, such as a full disk; the checkpoints there stay as they were.
   */
  write(name: string, { model, optimizer, state }: CheckpointToWrite): string {
    if (!/^[\w][\w.-]*$/.test(name) || name === "latest" || name === "best")
      throw new Error(`${JSON.stringify(name)} is no name for a checkpoint`);
    const path = join(this.folder, name);
    const temporary = join(this.folder, `${writing}${name}`);
    try {
      rmSync(temporary, { recursive: true, force: true });
      mkdirSync(temporary);
      const files: Record<string, Written> = {
        [modelFile]: writeSafetensors(join(temporary, modelFile), model, { atomic: false }),
      };
      if (optimizer)
        files[optimizerFile] = writeSafetensors(join(temporary, optimizerFile), optimizer, { atomic: false });
      const manifest: CheckpointManifest = { format: 1, state, files };
      writeSynced(join(temporary, stateFile), (write) =>
        write(Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)),
      );
      syncPath(temporary);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
    const old = join(this.folder, `${replaced}${name}`);
    if (existsSync(path)) renameSync(path, old);
    renameSync(temporary, path);
    syncPath(this.folder);
    rmSync(old, { recursive: true, force: true });
    this.point("latest", name);
    return path;
  }

  /** Makes `pointer` stand for a checkpoint, in one step. */
  point(pointer: Pointer, name: string): void {
    writeFileAtomic(join(this.folder, pointer), (write) => write(Buffer.from(`${name}\n`)));
  }

  /** The name of the checkpoint that a pointer stands for; undefined where it was never set. */
  pointed(pointer: Pointer): string | undefined {
    return readPointer(this.folder, pointer);
  }

  /** Copies a checkpoint of another run into this one, whole or not at all; one of that name is kept. */
  adopt(path: string, name: string): void {
    const target = join(this.folder, name);
    if (existsSync(target)) return;
    const temporary = join(this.folder, `${writing}${name}`);
    cpSync(path, temporary, { recursive: true });
    for (const file of readdirSync(temporary)) syncPath(join(temporary, file));
    syncPath(temporary);
    renameSync(temporary, target);
    syncPath(this.folder);
  }

  /** Deletes a checkpoint that no pointer stands for; true if it was there to delete. */
  remove(name: string): boolean {
    const pointed = [this.pointed("latest"), this.pointed("best")];
    if (pointed.includes(name) || !existsSync(join(this.folder, name))) return false;
    // Out of the list in one step, then away.
    const hidden = join(this.folder, `${writing}${name}`);
    renameSync(join(this.folder, name), hidden);
    rmSync(hidden, { recursive: true, force: true });
    return true;
  }

  /** Opens a checkpoint by its name or a pointer. @throws UserError as {@link openCheckpoint}. */
  open(name: string): OpenCheckpoint {
    const target = name === "latest" || name === "best" ? this.pointed(name) : name;
    if (target === undefined)
      throw new UserError(
        `${this.folder} has no ${name} checkpoint yet`,
        "Train first, or name a checkpoint.",
      );
    return openCheckpoint(join(this.folder, target));
  }
}

/** The name of the checkpoint that a pointer in `folder` stands for; undefined where there is none. */
export function readPointer(folder: string, pointer: Pointer): string | undefined {
  const path = join(folder, pointer);
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path, "utf8").trim() : undefined;
}

/**
 * The checkpoint folder that a path stands for: itself, or where the path is a run's folder, its folder of
 * checkpoints, or a pointer in that, the one that the pointer (`latest` unless named) stands for. Links are
 * followed: `output/latest` is another folder as soon as a new run begins.
 * @throws UserError when there is none, or its manifest is damaged
 */
export function findCheckpoint(path: string): string {
  const found = checkpointAt(existsSync(path) ? realpathSync(path) : path);
  readManifest(found);
  return found;
}

function checkpointAt(path: string): string {
  if (existsSync(join(path, stateFile))) return path;
  for (const folder of [path, join(path, "checkpoints")]) {
    const name = readPointer(folder, "latest");
    if (name !== undefined) return join(folder, name);
  }
  const [folder, pointer] = [dirname(path), basename(path)];
  const name = pointer === "latest" || pointer === "best" ? readPointer(folder, pointer) : undefined;
  return name === undefined ? path : join(folder, name);
}

/**
 * Opens a checkpoint folder and verifies the size and SHA-256 of its files.
 * @throws UserError that names the file and what is wrong with it.
 */
export function openCheckpoint(path: string): OpenCheckpoint {
  const manifest = readManifest(path);
  for (const [name, written] of Object.entries(manifest.files)) verify(join(path, name), written);
  const model = openSafetensors(join(path, modelFile));
  const optimizer = optimizerFile in manifest.files ? openSafetensors(join(path, optimizerFile)) : undefined;
  return {
    path,
    manifest,
    model,
    optimizer,
    close() {
      model.close();
      optimizer?.close();
    },
  };
}

function readManifest(path: string): CheckpointManifest {
  const file = join(path, stateFile);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(
      `${path} is no checkpoint of lavis: ${(error as Error).message}`,
      "Name a folder with model.safetensors and state.json, such as output/…/checkpoints/epoch_4.",
      { cause: error },
    );
  }
  return parseManifest(text, file, [modelFile]);
}

function verify(path: string, { bytes, sha256 }: Written): void {
  const damaged = (what: string): never => {
    throw new UserError(`${path} is damaged: ${what}`, "Resume from another checkpoint of the run.");
  };
  if (!existsSync(path)) damaged("it is missing");
  const { size } = statSync(path);
  if (size !== bytes) damaged(`it has ${size} bytes, ${bytes} were written`);
  const hash = createHash("sha256");
  const block = Buffer.allocUnsafe(1 << 22);
  const descriptor = openSync(path, "r");
  try {
    for (let count = readSync(descriptor, block); count > 0; count = readSync(descriptor, block))
      hash.update(block.subarray(0, count));
  } finally {
    closeSync(descriptor);
  }
  if (hash.digest("hex") !== sha256) damaged("its content is not what was written");
}
