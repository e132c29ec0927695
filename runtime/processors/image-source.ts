import { closeSync, openSync, readFileSync, readSync } from "node:fs";

/** The bytes of an image inside of a larger file: a tar archive, or images packed together. */
export interface Slice {
  /** Absolute path. */
  readonly file: string;
  /** In bytes, from the file's start. */
  readonly offset: number;
  readonly size: number;
}

/**
 * A slice as a text, which stands where an image's path does: `slice:1536+20480:/data/shard-000.tar`. No absolute
 * path begins like this, so a text says by itself which of the two it is.
 */
export const sliceText = ({ file, offset, size }: Slice): string => `slice:${offset}+${size}:${file}`;

/** The slice that a text is; undefined where it is a path. */
function parseSlice(text: string): Slice | undefined {
  const [whole, offset, size, file = ""] = /^slice:(\d+)\+(\d+):(.+)$/s.exec(text) ?? [];
  return whole === undefined ? undefined : { file, offset: Number(offset), size: Number(size) };
}

/**
 * Reads an image's bytes at its path, or from its slice.
 * @throws the system's errors, and where the file is too short
 */
export function readImageBytes(source: string): Buffer {
  const slice = parseSlice(source);
  // At once: images are small, and an asynchronous reading takes longer than this, in several turns.
  if (!slice) return readFileSync(source);
  const bytes = Buffer.allocUnsafe(slice.size);
  const file = openSync(slice.file, "r");
  try {
    let read = 0;
    while (read < slice.size) {
      const count = readSync(file, bytes, read, slice.size - read, slice.offset + read);
      if (count === 0)
        throw new Error(
          `the file ends ${slice.size - read} bytes too early: it has changed since it was opened`,
        );
      read += count;
    }
  } finally {
    closeSync(file);
  }
  return bytes;
}
