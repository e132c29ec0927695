import type { Image } from "../image.ts";
import type { Arithmetic } from "./tone.ts";

/**
 * Blends the image with a smoothed one: 0 gives the smoothed, 1 the image itself, more sharpens. The outermost
 * pixels stay as they are unless `factor` is 0. Where sharpening leaves 0..255 LAVIS's bytes wrap around;
 * mended, they are clipped. Source: LAVIS processors/randaugment.py, sharpness_func.
 */
export function sharpness(image: Image, factor: number, arithmetic: Arithmetic): Image {
  if (factor === 1) return image;
  const smoothed = smooth(image);
  if (factor === 0) return smoothed;
  const { width, height } = image;
  const scale = Math.fround(factor);
  const data = Uint8Array.from(image.data);
  for (let y = 1; y < height - 1; y++) {
    for (let at = (y * width + 1) * 3; at < (y * width + width - 1) * 3; at++) {
      const base = smoothed.data[at]!;
      const blended = Math.trunc(Math.fround(base + Math.fround(scale * (image.data[at]! - base))));
      // A Uint8Array keeps the lowest eight bits, which is the wrap-around.
      data[at] = arithmetic === "lavis" ? blended : Math.min(255, Math.max(0, blended));
    }
  }
  return { width, height, data };
}

/** Every pixel with weight 5 and its eight neighbours with weight 1, by 13; beyond the edge the image is mirrored. */
function smooth(image: Image): Image {
  const { width, height, data: source } = image;
  const data = new Uint8Array(source.length);
  for (let y = 0; y < height; y++) {
    const rows = [mirrored(y - 1, height), y, mirrored(y + 1, height)].map((row) => row * width);
    for (let x = 0; x < width; x++) {
      const columns = [mirrored(x - 1, width), x, mirrored(x + 1, width)];
      for (let channel = 0; channel < 3; channel++) {
        const to = (y * width + x) * 3 + channel;
        let sum = 4 * source[to]!;
        for (const row of rows) for (const column of columns) sum += source[(row + column) * 3 + channel]!;
        // Thirteenths are never half-way between integers, so any rounding gives the same.
        data[to] = Math.round(sum / 13);
      }
    }
  }
  return { width, height, data };
}

/** The place in 0..size-1 that a place one beyond an edge reflects to; the edge itself is not repeated. */
function mirrored(place: number, size: number): number {
  if (size === 1) return 0;
  if (place < 0) return -place;
  return place < size ? place : 2 * size - 2 - place;
}
