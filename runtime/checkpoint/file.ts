import { createHash, type Hash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../errors.ts";

/** One system call moves less than 2 GiB. */
const chunk = 1 << 30;

/** Random access to a file's bytes; every read is checked against the file's length. */
export class ByteFile {
  readonly path: string;
  readonly size: number;
  #descriptor: number | undefined;

  /** @throws UserError when the file is not there, not readable, or a folder. */
  constructor(path: string) {
    this.path = path;
    try {
      this.#descriptor = openSync(path, "r");
    } catch (error) {
      throw new UserError(`cannot open ${path}: ${(error as Error).message}`, "Check the path.", {
        cause: error,
      });
    }
    const stat = fstatSync(this.#descriptor);
    if (!stat.isFile()) {
      this.close();
      throw new UserError(`${path} is not a file`, "Name the checkpoint file itself.");
    }
    this.size = stat.size;
  }

  /**
   * The bytes `[offset, offset + length)` in a buffer of their own.
   * @throws UserError naming `what` when they do not lie in the file.
   */
  read(offset: number, length: number, what: string): Uint8Array<ArrayBuffer> {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size))
      throw new UserError(
        `${this.path} is damaged: ${what} would be bytes ${offset}..${offset + length}, the file has ${this.size}`,
        "It may be a partial download: fetch it again.",
      );
    if (this.#descriptor === undefined) throw new Error(`${this.path} was closed before ${what} was read`);
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const count = readSync(this.#descriptor, bytes, done, Math.min(chunk, length - done), offset + done);
      if (count === 0) throw new UserError(`${this.path} became shorter while ${what} was read`);
      done += count;
    }
    return bytes;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

/** What a finished file holds, for later verification. */
export interface Written {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/**
 * Writes a file so that a crash leaves either the old content or the new: to a temporary name beside it,
 * synced, renamed over `path`, and the folder synced. `fill` calls `write` with the content in order.
 */
export function writeFileAtomic(path: string, fill: (write: (bytes: Uint8Array) => void) => void): Written {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const written = writeSynced(temporary, fill);
    renameSync(temporary, path);
    syncPath(dirname(path));
    return written;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Writes a file under its own name and forces it to the disk. */
export function writeSynced(path: string, fill: (write: (bytes: Uint8Array) => void) => void): Written {
  const hash: Hash = createHash("sha256");
  const descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o644);
  let bytes = 0;
  try {
    fill((block) => {
      hash.update(block);
      for (let done = 0; done < block.byteLength; )
        done += writeSync(descriptor, block, done, Math.min(chunk, block.byteLength - done));
      bytes += block.byteLength;
    });
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Forces a file's content, or a folder's entries (names of new and renamed files), to the disk. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
