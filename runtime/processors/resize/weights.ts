/** Fraction bits of the weights: 32 less 8 for the pixel and 2 for sums of weights beyond 1. */
export const fractionBits = 22;

/** The weights with which output pixels take input pixels along one axis. */
export interface Weights {
  /** First input pixel of each output pixel. */
  readonly first: Int32Array;
  /** Fixed-point weights, `stride` for each output pixel; zeros after those that it has. */
  readonly values: Int32Array;
  /** The most input pixels that an output pixel takes. */
  readonly taps: number;
  readonly stride: number;
}

/** Keys's cubic convolution kernel with a = -1/2 (Catmull-Rom). */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/**
 * Weights for resizing an axis from `from` to `to` pixels; the kernel widens when the image shrinks.
 * Source: Pillow 11, src/libImaging/Resample.c, precompute_coeffs and normalize_coeffs_8bpc.
 */
export function bicubicWeights(from: number, to: number): Weights {
  const scale = from / to;
  const widening = Math.max(scale, 1);
  const support = 2 * widening;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const values = new Int32Array(to * stride);
  const exact = new Float64Array(stride);
  let taps = 0;
  for (let out = 0; out < to; out++) {
    const center = (out + 0.5) * scale;
    const begin = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(from, Math.trunc(center + support + 0.5)) - begin;
    let sum = 0;
    for (let tap = 0; tap < count; tap++) {
      const weight = cubic((tap + begin - center + 0.5) * (1 / widening));
      exact[tap] = weight;
      sum += weight;
    }
    first[out] = begin;
    taps = Math.max(taps, count);
    for (let tap = 0; tap < count; tap++) {
      const weight = sum === 0 ? exact[tap]! : exact[tap]! / sum;
      // Rounds half away from zero.
      values[out * stride + tap] = Math.trunc(weight * (1 << fractionBits) + (weight < 0 ? -0.5 : 0.5));
    }
  }
  return { first, values, taps, stride };
}
