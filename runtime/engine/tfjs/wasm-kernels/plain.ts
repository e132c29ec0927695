import type { BinaryOp, CompareOp } from "../../../tensor/engine.ts";
import { indexError } from "../../../tensor/errors.ts";
import type { Shape, TensorData } from "../../../tensor/index.ts";
import { sizeOf } from "../../../tensor/shape.ts";

/**
 * Kernels in plain TypeScript over typed arrays (views of the wasm heap), for what needs no SIMD: integers,
 * booleans, indices, copies.
 */

/** An operand: its elements (one for a number) and their shape. */
export interface Operand {
  readonly data: ArrayLike<number>;
  readonly shape: Shape;
}

/** For each axis of `shape`, how many elements of an operand that broadcasts to it one step is. */
export function broadcastStrides(from: Shape, shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(0);
  let stride = 1;
  for (let axis = from.length - 1; axis >= 0; axis--) {
    const length = from[axis] as number;
    strides[axis + shape.length - from.length] = length === 1 ? 0 : stride;
    stride *= length;
  }
  return strides;
}

/** Calls `visit` with each element's number and, for up to three operands, the number of theirs. */
function broadcast(
  shape: Shape,
  operands: readonly Operand[],
  visit: (index: number, a: number, b: number, c: number) => void,
): void {
  const size = sizeOf(shape);
  const none = new Array<number>(shape.length).fill(0);
  const strides = [0, 1, 2].map((i) => {
    const operand = operands[i];
    return operand === undefined ? none : broadcastStrides(operand.shape, shape);
  }) as [number[], number[], number[]];
  const counter = new Array<number>(shape.length).fill(0);
  const at: [number, number, number] = [0, 0, 0];
  for (let index = 0; index < size; index++) {
    visit(index, at[0], at[1], at[2]);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis] as number;
      const count = (counter[axis] as number) + 1;
      const step = count < length ? 1 : 1 - length;
      counter[axis] = count < length ? count : 0;
      at[0] += step * (strides[0][axis] as number);
      at[1] += step * (strides[1][axis] as number);
      at[2] += step * (strides[2][axis] as number);
      if (step === 1) break;
    }
  }
}

const integerOps: Readonly<Record<BinaryOp, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: Math.imul,
  div: (a, b) => a / b,
  maximum: Math.max,
  minimum: Math.min,
};

export function integerBinary(op: BinaryOp, a: Operand, b: Operand, out: TensorData, shape: Shape): void {
  const compute = integerOps[op];
  broadcast(shape, [a, b], (index, i, j) => {
    out[index] = compute(a.data[i] as number, b.data[j] as number);
  });
}

const comparisons: Readonly<Record<CompareOp, (a: number, b: number) => boolean>> = {
  equal: (a, b) => a === b,
  notEqual: (a, b) => a !== b,
  less: (a, b) => a < b,
  lessEqual: (a, b) => a <= b,
  greater: (a, b) => a > b,
  greaterEqual: (a, b) => a >= b,
};

export function compare(op: CompareOp, a: Operand, b: Operand, out: TensorData, shape: Shape): void {
  const holds = comparisons[op];
  broadcast(shape, [a, b], (index, i, j) => {
    out[index] = holds(a.data[i] as number, b.data[j] as number) ? 1 : 0;
  });
}

export function logical(op: "and" | "or", a: Operand, b: Operand, out: TensorData, shape: Shape): void {
  broadcast(shape, [a, b], (index, i, j) => {
    const [left, right] = [a.data[i] as number, b.data[j] as number];
    out[index] = op === "and" ? left & right : left | right;
  });
}

export function where(condition: Operand, a: Operand, b: Operand, out: TensorData, shape: Shape): void {
  broadcast(shape, [condition, a, b], (index, c, i, j) => {
    out[index] = (condition.data[c] === 0 ? b.data[j] : a.data[i]) as number;
  });
}

export function broadcastTo(x: Operand, out: TensorData, shape: Shape): void {
  broadcast(shape, [x], (index, i) => {
    out[index] = x.data[i] as number;
  });
}

/** Elements [outer, n, inner] along n: the first largest one's index. */
export function argmax(x: TensorData, outer: number, n: number, inner: number, out: TensorData): void {
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const first = o * n * inner + i;
      let best = 0;
      for (let j = 1; j < n; j++) {
        const value = x[first + j * inner] as number;
        const largest = x[first + best * inner] as number;
        if (value > largest || (Number.isNaN(value) && !Number.isNaN(largest))) best = j;
      }
      out[o * inner + i] = best;
    }
  }
}

/** Integers [outer, n, inner] folded along n. */
export function foldIntegers(
  op: "sum" | "max" | "min",
  x: TensorData,
  outer: number,
  n: number,
  inner: number,
  out: TensorData,
): void {
  const fold = integerOps[op === "sum" ? "add" : op === "max" ? "maximum" : "minimum"];
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let total = n === 0 ? 0 : (x[o * n * inner + i] as number);
      for (let j = 1; j < n; j++) total = fold(total, x[(o * n + j) * inner + i] as number);
      out[o * inner + i] = total;
    }
  }
}

/** The k largest of each row, largest first, of equal ones the lower index first. NaN is larger than all. */
export function topK(x: TensorData, width: number, k: number, values: TensorData, indices: TensorData): void {
  const rows = width === 0 ? 0 : x.length / width;
  const rank = (value: number): number => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value);
  const best = new Int32Array(k);
  const ranks = new Float64Array(k);
  for (let row = 0; row < rows; row++) {
    let count = 0;
    for (let column = 0; column < width; column++) {
      const own = rank(x[row * width + column] as number);
      if (count === k && own <= (ranks[k - 1] as number)) continue;
      let place = count < k ? count++ : k - 1;
      for (; place > 0 && own > (ranks[place - 1] as number); place--) {
        ranks[place] = ranks[place - 1] as number;
        best[place] = best[place - 1] as number;
      }
      ranks[place] = own;
      best[place] = column;
    }
    for (let place = 0; place < k; place++) {
      indices[row * k + place] = best[place] as number;
      values[row * k + place] = x[row * width + (best[place] as number)] as number;
    }
  }
}

/** Requires all indices in 0 … length−1. */
export function checkIndices(op: string, indices: TensorData, length: number): void {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] as number;
    if (index < 0 || index >= length) {
      throw indexError(op, index, i, length);
    }
  }
}

/** x [outer, n, inner] at the indices along n → [outer, indices, inner]; all as bytes, `inner` in bytes. */
export function gather(
  x: Uint8Array,
  indices: TensorData,
  outer: number,
  n: number,
  inner: number,
  out: Uint8Array,
): void {
  const count = indices.length;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      const from = (o * n + (indices[i] as number)) * inner;
      out.set(x.subarray(from, from + inner), (o * count + i) * inner);
    }
  }
}

/** Adds dy [outer, indices, inner] into out [outer, n, inner] at the indices; `ignored` is left out. */
export function scatterAdd(
  dy: TensorData,
  indices: TensorData,
  outer: number,
  n: number,
  inner: number,
  ignored: number | undefined,
  out: TensorData,
): void {
  const count = indices.length;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      const index = indices[i] as number;
      if (index === ignored) continue;
      const from = (o * count + i) * inner;
      const to = (o * n + index) * inner;
      for (let j = 0; j < inner; j++) out[to + j] = (out[to + j] as number) + (dy[from + j] as number);
    }
  }
}

/** The box at `begin` of an array of `shape` copied to (or, with `back`, from) `box`; all as bytes. */
export function copyBox(
  array: Uint8Array,
  shape: Shape,
  box: Uint8Array,
  begin: readonly number[],
  size: Shape,
  elementBytes: number,
  back: boolean,
): void {
  // Trailing axes that the box covers fully are contiguous in both.
  let axis = shape.length;
  let run = elementBytes;
  while (axis > 0 && size[axis - 1] === shape[axis - 1]) run *= shape[--axis] as number;
  const start = axis > 0 ? (begin[--axis] as number) * run : 0;
  const stride = (shape[axis] ?? 1) * run;
  const length = (size[axis] ?? 1) * run;
  const outerBegin = begin.slice(0, axis);
  const outerSize = size.slice(0, axis);
  const outerShape = shape.slice(0, axis);
  const rows = sizeOf(outerSize);
  const counter = new Array<number>(axis).fill(0);
  for (let row = 0; row < rows; row++) {
    let index = 0;
    for (let i = 0; i < axis; i++) {
      index = index * (outerShape[i] as number) + (outerBegin[i] as number) + (counter[i] as number);
    }
    const from = index * stride + start;
    if (back) array.set(box.subarray(row * length, (row + 1) * length), from);
    else box.set(array.subarray(from, from + length), row * length);
    for (let i = axis - 1; i >= 0; i--) {
      const next = (counter[i] as number) + 1;
      counter[i] = next < (outerSize[i] as number) ? next : 0;
      if (counter[i] !== 0) break;
    }
  }
}

/** The sizes of a convolution: image, window, and output. */
export interface Window {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly rows: number;
  readonly columns: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
}

/**
 * One image [C, H, W] to one row of C · KH · KW elements for each output position, zeros outside the image; or,
 * with `back`, such rows added up into the image.
 */
export function imageToColumns(image: TensorData, columns: TensorData, window: Window, back: boolean): void {
  const { channels, height, width, rows, columns: across, outHeight, outWidth, stride, padding } = window;
  let at = 0;
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      for (let channel = 0; channel < channels; channel++) {
        for (let i = 0; i < rows; i++) {
          const row = y * stride[0] - padding[0] + i;
          const line = (channel * height + row) * width;
          const isRow = row >= 0 && row < height;
          const first = x * stride[1] - padding[1];
          for (let j = 0; j < across; j++, at++) {
            const column = first + j;
            const inside = isRow && column >= 0 && column < width;
            if (!back) columns[at] = inside ? (image[line + column] as number) : 0;
            else if (inside)
              image[line + column] = (image[line + column] as number) + (columns[at] as number);
          }
        }
      }
    }
  }
}
