import { type Image, mapChannels } from "../image.ts";

/**
 * Whose arithmetic an operation follows: LAVIS's own, defects included, or what the operation is meant to do.
 * The operations differ only where their comments say so.
 */
export type Arithmetic = "original" | "mended";

/**
 * Stretches each channel to 0..255. LAVIS negates the channel's minimum as an unsigned byte, which wraps, so a
 * channel whose minimum is above 0 becomes white all over; mended, it is stretched.
 * Source of this and the other operations: LAVIS processors/randaugment.py.
 */
export function autoContrast(image: Image, arithmetic: Arithmetic): Image {
  return eachChannel(image, (histogram) => {
    const low = histogram.findIndex((count) => count > 0);
    const high = histogram.findLastIndex((count) => count > 0);
    if (high <= low) return identity();
    const scale = 255 / (high - low);
    const offset = (arithmetic === "original" ? (256 - low) % 256 : -low) * scale;
    return table((value) => value * scale + offset);
  });
}

/** Flattens the histogram of each channel, as PIL.ImageOps.equalize. */
export function equalize(image: Image): Image {
  return eachChannel(image, (histogram) => {
    const last = histogram[histogram.findLastIndex((count) => count > 0)] ?? 0;
    const total = histogram.reduce((sum, count) => sum + count, 0);
    const step = Math.floor((total - last) / 255);
    if (step === 0) return identity();
    let sum = Math.floor(step / 2);
    return table((value) => {
      if (value > 0) sum += histogram[value - 1]!;
      return Math.floor(sum / step);
    });
  });
}

/** Inverts every byte from `threshold` on. */
export function solarize(image: Image, threshold: number): Image {
  return everyChannel(
    image,
    table((value) => (value < threshold ? value : 255 - value)),
  );
}

/** Keeps the `bits` highest bits of every byte. (LAVIS's own fails on numpy 2; this is what it gave on numpy 1.) */
export function posterize(image: Image, bits: number): Image {
  return everyChannel(
    image,
    table((value) => value & (255 << (8 - bits))),
  );
}

/** Scales every byte; 1 leaves the image as it is. */
export function brightness(image: Image, factor: number): Image {
  if (factor === 1) return image;
  const scale = Math.fround(factor);
  return everyChannel(
    image,
    table((value) => Math.fround(value * scale)),
  );
}

/**
 * Scales every byte's distance to the image's mean luminance; 1 leaves the image as it is. The luminance weights
 * are those of blue, green, red, though the image is red, green, blue, as in LAVIS.
 */
export function contrast(image: Image, factor: number): Image {
  const [red, green, blue] = histograms(image);
  const pixels = image.width * image.height;
  const mean = meanOf(red, pixels) * 0.114 + meanOf(green, pixels) * 0.587 + meanOf(blue, pixels) * 0.299;
  return everyChannel(
    image,
    table((value) => (value - mean) * factor + mean),
  );
}

/** Scales colourfulness: 0 gives grey, 1 leaves the image as it is. Luminance weights as in {@link contrast}. */
export function color(image: Image, factor: number): Image {
  const scale = Math.fround(factor);
  const luminance = [0.114, 0.587, 0.299].map(Math.fround);
  const away = [
    [0.886, -0.114, -0.114],
    [-0.587, 0.413, -0.587],
    [-0.299, -0.299, 0.701],
  ];
  // matrix[from][to], in float32 as numpy computes it.
  const matrix = away.map((row, from) =>
    row.map((weight) => Math.fround(Math.fround(Math.fround(weight) * scale) + luminance[from]!)),
  );
  const data = new Uint8Array(image.data.length);
  for (let at = 0; at < data.length; at += 3) {
    for (let to = 0; to < 3; to++) {
      let sum = 0;
      // A fused multiply-add: the product is exact in float64.
      for (let from = 0; from < 3; from++)
        sum = Math.fround(image.data[at + from]! * matrix[from]![to]! + sum);
      data[at + to] = truncate(sum);
    }
  }
  return { ...image, data };
}

function identity(): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => value);
}

/** The values of a function of 0..255, in this order, clipped and then truncated to bytes. */
function table(of: (value: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => truncate(of(value)));
}

function truncate(value: number): number {
  return Math.trunc(Math.min(255, Math.max(0, value)));
}

function everyChannel(image: Image, values: Uint8Array): Image {
  return mapChannels(image, [values, values, values]);
}

type Histograms = readonly [Uint32Array, Uint32Array, Uint32Array];

function eachChannel(image: Image, tableOf: (histogram: Uint32Array) => Uint8Array): Image {
  const [red, green, blue] = histograms(image);
  return mapChannels(image, [tableOf(red), tableOf(green), tableOf(blue)]);
}

/** How many pixels have each value, for each channel. */
function histograms(image: Image): Histograms {
  const { data } = image;
  const counts: Histograms = [new Uint32Array(256), new Uint32Array(256), new Uint32Array(256)];
  const [red, green, blue] = counts;
  for (let at = 0; at < data.length; at += 3) {
    red[data[at]!]!++;
    green[data[at + 1]!]!++;
    blue[data[at + 2]!]!++;
  }
  return counts;
}

function meanOf(histogram: Uint32Array, pixels: number): number {
  return histogram.reduce((sum, count, value) => sum + count * value, 0) / pixels;
}
