import type { Image } from "./image.ts";

/** Fraction bits of the weights: 32 less 8 for the pixel and 2 for sums of weights beyond 1. */
const fractionBits = 22;
/** One half: what a sum starts from, so that dropping its fraction rounds it. */
const half = 1 << (fractionBits - 1);

/** The weights with which output pixels take input pixels along one axis. */
interface Weights {
  /** First input pixel of each output pixel. */
  readonly first: Int32Array;
  /** How many input pixels each output pixel takes. */
  readonly count: Int32Array;
  /** Fixed-point weights, `stride` for each output pixel. */
  readonly values: Int32Array;
  readonly stride: number;
}

/**
 * Resizes by bicubic interpolation with antialiasing, bit for bit as Pillow's `Image.resize(…, BICUBIC)`, which
 * torchvision uses on PIL images: two passes, 22-bit fixed-point weights, rounded to a byte after each.
 * Source: Pillow 11, src/libImaging/Resample.c. @throws RangeError when a side is not a positive integer.
 */
export function resizeBicubic(image: Image, width: number, height: number): Image {
  if (![width, height].every((side) => Number.isInteger(side) && side > 0))
    throw new RangeError(`resizeBicubic: cannot make an image of ${width}×${height} pixels`);
  const wide = width === image.width ? image : resizeRows(image, width);
  return height === image.height ? wide : resizeColumns(wide, height);
}

/** Keys's cubic convolution kernel with a = -1/2 (Catmull-Rom). */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/** Weights for resizing an axis from `from` to `to` pixels; the kernel widens when the image shrinks. */
function bicubicWeights(from: number, to: number): Weights {
  const scale = from / to;
  const widening = Math.max(scale, 1);
  const support = 2 * widening;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const values = new Int32Array(to * stride);
  const exact = new Float64Array(stride);
  for (let out = 0; out < to; out++) {
    const center = (out + 0.5) * scale;
    const begin = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(from, Math.trunc(center + support + 0.5));
    let sum = 0;
    for (let tap = 0; tap < end - begin; tap++) {
      exact[tap] = cubic((tap + begin - center + 0.5) * (1 / widening));
      sum += exact[tap]!;
    }
    first[out] = begin;
    count[out] = end - begin;
    for (let tap = 0; tap < end - begin; tap++) {
      const weight = sum === 0 ? exact[tap]! : exact[tap]! / sum;
      // Rounds half away from zero.
      values[out * stride + tap] = Math.trunc(weight * (1 << fractionBits) + (weight < 0 ? -0.5 : 0.5));
    }
  }
  return { first, count, values, stride };
}

function resizeRows(image: Image, width: number): Image {
  const { data: source, height } = image;
  const { first, count, values, stride } = bicubicWeights(image.width, width);
  const data = new Uint8ClampedArray(width * height * 3);
  for (let row = 0; row < height; row++) {
    const line = row * image.width;
    for (let column = 0; column < width; column++) {
      let red = half;
      let green = half;
      let blue = half;
      let at = (line + first[column]!) * 3;
      const begin = column * stride;
      for (let tap = begin; tap < begin + count[column]!; tap++, at += 3) {
        const weight = values[tap]!;
        red = (red + Math.imul(source[at]!, weight)) | 0;
        green = (green + Math.imul(source[at + 1]!, weight)) | 0;
        blue = (blue + Math.imul(source[at + 2]!, weight)) | 0;
      }
      const to = (row * width + column) * 3;
      data[to] = red >> fractionBits;
      data[to + 1] = green >> fractionBits;
      data[to + 2] = blue >> fractionBits;
    }
  }
  return { width, height, data: new Uint8Array(data.buffer) };
}

function resizeColumns(image: Image, height: number): Image {
  const { data: source, width } = image;
  const { first, count, values, stride } = bicubicWeights(image.height, height);
  const bytes = width * 3;
  const data = new Uint8ClampedArray(bytes * height);
  const sums = new Int32Array(bytes);
  for (let row = 0; row < height; row++) {
    sums.fill(half);
    for (let tap = 0; tap < count[row]!; tap++) {
      const weight = values[row * stride + tap]!;
      const line = (first[row]! + tap) * bytes;
      for (let at = 0; at < bytes; at++) sums[at] = (sums[at]! + Math.imul(source[line + at]!, weight)) | 0;
    }
    for (let at = 0; at < bytes; at++) data[row * bytes + at] = sums[at]! >> fractionBits;
  }
  return { width, height, data: new Uint8Array(data.buffer) };
}
