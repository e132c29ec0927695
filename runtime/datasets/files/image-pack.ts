import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { cacheDir } from "../../cache.ts";
import { withLock } from "../../lock.ts";

/** Images taken out of a file that cannot be read from the middle, one after the other in a file of the cache. */
export interface ImagePack {
  /** Absolute path. */
  readonly file: string;
  /** [N + 1]: image n takes the bytes from offset n to offset n + 1. */
  readonly offsets: Float64Array;
}

/**
 * The pack of a file's images: made once, by one process, and found again as long as the file stays as it is.
 *
 * @param column what is taken of the file
 * @param images gives the images in their order
 */
export async function packImages(
  source: string,
  column: string,
  images: () => AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<ImagePack> {
  const { size, mtimeMs } = await stat(source);
  const key = createHash("sha256")
    .update(JSON.stringify([source, size, mtimeMs, column]))
    .digest("hex");
  const folder = cacheDir("images", `${basename(source)}-${key.slice(0, 16)}`);
  const found = await readPack(folder);
  if (found) return found;
  const make = async (): Promise<ImagePack> =>
    (await readPack(folder)) ?? writePack(folder, images(), signal);
  return withLock(`${folder}.lock`, make, signal);
}

const fileIn = (folder: string): string => join(folder, "images.bin");
const offsetsIn = (folder: string): string => join(folder, "offsets.f64");

async function readPack(folder: string): Promise<ImagePack | undefined> {
  const bytes = await readFile(offsetsIn(folder)).catch(() => undefined);
  // A copy begins at a multiple of eight bytes, as an array of numbers must.
  return bytes && { file: fileIn(folder), offsets: new Float64Array(new Uint8Array(bytes).buffer) };
}

/** Written beside its place and moved there, so that a pack is whole or not there. */
async function writePack(
  folder: string,
  images: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<ImagePack> {
  const unfinished = `${folder}.unfinished`; // The lock's holder writes alone.
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const offsets = [0];
  try {
    const file = await open(fileIn(unfinished), "w");
    try {
      for await (const image of images) {
        signal?.throwIfAborted();
        await file.write(image);
        offsets.push(offsets.at(-1)! + image.byteLength);
      }
    } finally {
      await file.close();
    }
    await writeFile(offsetsIn(unfinished), new Uint8Array(Float64Array.from(offsets).buffer));
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
  return { file: fileIn(folder), offsets: Float64Array.from(offsets) };
}
