import type { Conv2dOptions } from "../../../tensor/engine.ts";
import type { Shape, TensorData } from "../../../tensor/index.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import type { Kernels } from "../kernels.ts";
import type { Value } from "../value.ts";
import * as plain from "../wasm-kernels/plain.ts";
import type { WasmHeap } from "./heap.ts";

/** Convolutions as products: each output position reads one row of C · KH · KW elements of the image. */

export function conv2d(
  kernels: Kernels,
  heap: WasmHeap,
  x: Value,
  weight: Value,
  bias: Value | undefined,
  options: Conv2dOptions,
  shape: Shape,
): Value {
  const columns = columnsOf(heap, x, weight.shape, options, shape);
  const [batch, out, height, width] = shape as [number, number, number, number];
  const matrix = kernels.reshape(weight, [out, sizeOf(weight.shape.slice(1))]);
  // [O, K] · [N, P, K]ᵀ → [N, O, P]
  const product = kernels.matmul(matrix, columns, false, true, [batch, out, height * width]);
  const image = kernels.reshape(product, shape);
  for (const value of [columns, matrix, product]) kernels.values.release(value);
  if (bias === undefined) return image;
  const along = kernels.reshape(bias, [out, 1, 1]);
  const sum = kernels.binary("add", image, along, "float32", shape);
  for (const value of [image, along]) kernels.values.release(value);
  return sum;
}

/** [N, output positions, C · KH · KW] */
function columnsOf(heap: WasmHeap, x: Value, weight: Shape, options: Conv2dOptions, out: Shape): Value {
  const window = windowOf(x.shape, weight, options, out);
  const positions = window.outHeight * window.outWidth;
  const columns = heap.empty([x.shape[0] as number, positions, sizeOf(weight.slice(1))]);
  eachImage(heap, x, columns, (image, rows) => plain.imageToColumns(image, rows, window, false));
  return columns;
}

function eachImage(
  heap: WasmHeap,
  images: Value,
  columns: Value,
  visit: (image: TensorData, rows: TensorData) => void,
): void {
  const [pixels, rows] = [heap.view(images), heap.view(columns)];
  const count = images.shape[0] as number;
  const [a, b] = [pixels.length / count, rows.length / count];
  for (let i = 0; i < count; i++)
    visit(pixels.subarray(i * a, (i + 1) * a), rows.subarray(i * b, (i + 1) * b));
}

export function conv2dGradInput(
  kernels: Kernels,
  heap: WasmHeap,
  dy: Value,
  weight: Value,
  options: Conv2dOptions,
  shape: Shape,
): Value {
  const [batch, out, height, width] = dy.shape as [number, number, number, number];
  const inner = sizeOf(weight.shape.slice(1));
  const flat = kernels.reshape(dy, [batch, out, height * width]);
  const matrix = kernels.reshape(weight, [out, inner]);
  // [N, O, P]ᵀ · [O, K] → [N, P, K]
  const columns = kernels.matmul(flat, matrix, true, false, [batch, height * width, inner]);
  const dx = kernels.full(shape, 0, "float32");
  const window = windowOf(shape, weight.shape, options, dy.shape);
  eachImage(heap, dx, columns, (image, rows) => plain.imageToColumns(image, rows, window, true));
  for (const value of [flat, matrix, columns]) kernels.values.release(value);
  return dx;
}

export function conv2dGradWeight(
  kernels: Kernels,
  heap: WasmHeap,
  dy: Value,
  x: Value,
  options: Conv2dOptions,
  shape: Shape,
): Value {
  const [batch, out, height, width] = dy.shape as [number, number, number, number];
  const positions = height * width;
  const columns = columnsOf(heap, x, shape, options, dy.shape);
  const inner = columns.shape[2] as number;
  const flat = kernels.reshape(dy, [batch, out, positions]);
  const moved = kernels.transpose(flat, [1, 0, 2], [out, batch, positions]);
  const left = kernels.reshape(moved, [out, batch * positions]);
  const right = kernels.reshape(columns, [batch * positions, inner]);
  // [O, N·P] · [N·P, K] → [O, K]
  const product = kernels.matmul(left, right, false, false, [out, inner]);
  const dWeight = kernels.reshape(product, shape);
  for (const value of [columns, flat, moved, left, right, product]) kernels.values.release(value);
  return dWeight;
}

function windowOf(image: Shape, weight: Shape, options: Conv2dOptions, out: Shape): plain.Window {
  const [, channels, height, width] = image as [number, number, number, number];
  const [, , rows, columns] = weight as [number, number, number, number];
  const [, , outHeight, outWidth] = out as [number, number, number, number];
  return { channels, height, width, rows, columns, outHeight, outWidth, ...options };
}
