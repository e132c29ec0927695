import { existsSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import sharp from "sharp";

/** An SVG document and the JPEG file to make of it. */
export interface RasterJob {
  readonly path: string;
  readonly svg: string;
}

/** 4:4:4 keeps the edges of small flat-coloured shapes; the quality is COCO's usual one. */
const JPEG = { quality: 92, chromaSubsampling: "4:4:4" } as const;
/** rsvg draws at 72 dots an inch unless told otherwise. */
const BASE_DENSITY = 72;

/**
 * Draws a square SVG as a JPEG of `size` × `size` pixels, alpha flattened on white.
 * Its folder must exist. The file appears whole or not at all; one that is there already is left.
 */
export async function rasterise({ path, svg }: RasterJob, size: number): Promise<void> {
  if (existsSync(path)) return;
  const side = Number(/^<svg [^>]*\bwidth="(\d+(?:\.\d+)?)"/.exec(svg)?.[1]);
  if (!(side > 0)) throw new Error(`${path}: its SVG states no width`);
  const jpeg = await sharp(Buffer.from(svg), { density: (BASE_DENSITY * size) / side })
    .resize(size, size, { fit: "fill" })
    .flatten({ background: "white" })
    .jpeg(JPEG)
    .toBuffer();
  await writeFile(`${path}.part`, jpeg);
  await rename(`${path}.part`, path);
}
