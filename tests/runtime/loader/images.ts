import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import type { Dataset } from "../../../runtime/datasets/dataset.ts";

/** Pixels of the training processor's tests: small, and so fast to decode. */
const SIDE = 6;

/** A dataset of `count` pictures in `folder`; picture i is all (i, 255 - i, 0), or damaged if `bad` has it. */
export async function makeDataset(
  folder: string,
  count: number,
  bad: ReadonlySet<number> = new Set(),
): Promise<Dataset> {
  mkdirSync(folder, { recursive: true });
  const path = (index: number): string => join(folder, `image_${index}.png`);
  for (let index = 0; index < count; index++) {
    const background = { r: index, g: 255 - index, b: 0 };
    const create = { width: SIDE, height: SIDE, channels: 3, background } as const;
    writeFileSync(path(index), bad.has(index) ? "not a picture" : await sharp({ create }).png().toBuffer());
  }
  return {
    name: "colours",
    split: "train",
    length: count,
    row: (index) => ({
      image: path(index),
      text_input: `Colour ${index}`,
      image_id: 1000 + index,
      instance_id: String(index),
    }),
    origin: (index) => `colours.json row ${index}`,
  };
}

/** The index of the picture that a normalised image shows, given the processor's mean and deviation of red. */
export function pictureShown(image: Float32Array, place: number, floats: number): number {
  const red = image[place * floats]!;
  return Math.round((red * STD[0]! + MEAN[0]!) * 255);
}

export const MEAN = [0.5, 0.5, 0.5];
export const STD = [0.5, 0.5, 0.5];
