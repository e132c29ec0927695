import { existsSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import sharp from "sharp";

/** A square SVG document that states no size, and the JPEG file to make of it. */
export interface RasterJob {
  readonly path: string;
  readonly svg: string;
}

/** Full colour resolution keeps the edges of small flat-coloured shapes. */
const JPEG = { quality: 92, chromaSubsampling: "4:4:4" } as const;

/**
 * Draws an SVG as a JPEG of `size` × `size` pixels, alpha flattened on white.
 * Its folder must exist. The file appears whole or not at all; one that is there already is left.
 */
export async function rasterise({ path, svg }: RasterJob, size: number): Promise<void> {
  if (existsSync(path)) return;
  const sized = svg.replace("<svg ", `<svg width="${size}" height="${size}" `);
  const jpeg = await sharp(Buffer.from(sized)).flatten({ background: "white" }).jpeg(JPEG).toBuffer();
  await writeFile(`${path}.part`, jpeg);
  await rename(`${path}.part`, path);
}
