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
      data[at] = arithmetic === "original" ? blended : Math.min(255, Math.max(0, blended));
    }
  }
  return { width, height, data };
}

/** Every pixel with weight 5 and its eight neighbours with weight 1, by 13; beyond the edge the image is mirrored. */
function smooth(image: Image): Image {
  const { width, height, data: source } = image;
  const bytes = width * 3;
  const data = new Uint8Array(source.length);
  // Sums of three rows, with the mirrored columns at both ends: [1 + width + 1, 3].
  const sums = new Uint16Array(bytes + 6);
  for (let y = 0; y < height; y++) {
    const row = y * bytes;
    const above = mirrored(y - 1, height) * bytes;
    const below = mirrored(y + 1, height) * bytes;
    for (let at = 0; at < bytes; at++)
      sums[at + 3] = source[above + at]! + source[row + at]! + source[below + at]!;
    const second = (mirrored(1, width) + 1) * 3;
    const last = (mirrored(width, width) + 1) * 3;
    sums.copyWithin(0, second, second + 3);
    sums.copyWithin(bytes + 3, last, last + 3);
    for (let at = 0; at < bytes; at++) {
      const sum = sums[at]! + sums[at + 3]! + sums[at + 6]! + 4 * source[row + at]!;
      // Thirteenths are never half-way between integers, so any rounding gives the same.
      data[row + at] = (sum + 6) / 13;
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
