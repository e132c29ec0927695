import { UserError } from "../errors.ts";

/** Position embeddings outside an engine: `numTokens` vectors of `width`, row-major. */
export interface Positions {
  readonly numTokens: number;
  readonly width: number;
  readonly data: Float32Array;
}

/**
 * Resizes the position embeddings of a square grid of patches to another square grid, the first
 * `numClassTokens` embeddings unchanged: bicubic, as PyTorch's `F.interpolate(align_corners=False)`
 * (LAVIS, vit.py `interpolate_pos_embed`), in double precision.
 *
 * @throws UserError when either number of patches is no square.
 */
export function interpolateGrid(positions: Positions, numTokens: number, numClassTokens = 1): Positions {
  const { width, data } = positions;
  if (positions.numTokens === numTokens) return positions;
  const from = gridSize(positions.numTokens - numClassTokens);
  const to = gridSize(numTokens - numClassTokens);
  const result = new Float32Array(numTokens * width);
  result.set(data.subarray(0, numClassTokens * width));
  const taps = Array.from({ length: to }, (_, place) => bicubicTaps(place, from, to));
  for (const [row, rowTaps] of taps.entries()) {
    for (const [column, columnTaps] of taps.entries()) {
      const sum = new Float64Array(width);
      for (const vertical of rowTaps) {
        for (const horizontal of columnTaps) {
          const start = (numClassTokens + vertical.place * from + horizontal.place) * width;
          const weight = vertical.weight * horizontal.weight;
          for (let i = 0; i < width; i++) sum[i] = (sum[i] as number) + weight * (data[start + i] as number);
        }
      }
      result.set(sum, (numClassTokens + row * to + column) * width);
    }
  }
  return { numTokens, width, data: result };
}

/**
 * Resizes a line of position embeddings by taking the nearest one before each place, the first
 * `numClassTokens` unchanged (LAVIS, alpro_models: spatial positions with a class token, times without).
 */
export function interpolateNearest(
  positions: Positions,
  numTokens: number,
  numClassTokens: number,
): Positions {
  const { width, data } = positions;
  const from = positions.numTokens - numClassTokens;
  const to = numTokens - numClassTokens;
  const result = new Float32Array(numTokens * width);
  result.set(data.subarray(0, numClassTokens * width));
  for (let place = 0; place < to; place++) {
    const start = (numClassTokens + Math.min(from - 1, Math.floor((place * from) / to))) * width;
    result.set(data.subarray(start, start + width), (numClassTokens + place) * width);
  }
  return { numTokens, width, data: result };
}

function gridSize(numPatches: number): number {
  const size = Math.round(Math.sqrt(numPatches));
  if (size < 1 || size * size !== numPatches) {
    throw new UserError(
      `position embeddings of ${numPatches} patches cannot be interpolated: they form no square grid`,
      "take weights of a model with square images, and a square image_size",
    );
  }
  return size;
}

interface Tap {
  readonly place: number;
  readonly weight: number;
}

/** The four old places, clamped to the grid, that new place `place` mixes. */
function bicubicTaps(place: number, from: number, to: number): Tap[] {
  const center = ((place + 0.5) * from) / to - 0.5;
  const first = Math.floor(center) - 1;
  return [0, 1, 2, 3].map((i) => {
    return { place: Math.min(from - 1, Math.max(0, first + i)), weight: cubic(Math.abs(center - first - i)) };
  });
}

/** Keys' cubic convolution kernel with PyTorch's a = −0.75, for a distance ≥ 0. */
function cubic(x: number): number {
  const a = -0.75;
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}
