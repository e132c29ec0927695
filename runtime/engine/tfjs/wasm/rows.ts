import { sizeOf } from "../../../tensor/shape.ts";
import type { Kernels } from "../kernels.ts";
import type { Value } from "../value.ts";
import { checkIndices } from "../wasm-kernels/plain.ts";
import type { WasmHeap } from "./heap.ts";

export function layerNorm(
  heap: WasmHeap,
  x: Value,
  weight: Value,
  bias: Value,
  eps: number,
): { y: Value; mean: Value; rstd: Value } {
  const [rows, width] = rowsOf(x);
  const y = heap.empty(x.shape);
  const [mean, rstd] = [heap.empty([rows]), heap.empty([rows])];
  const args = [x, weight, bias, y, mean, rstd].map((value) => heap.at(value));
  heap.run("layerNorm", rows, 2 * width, ...args, width, eps);
  return { y, mean, rstd };
}

export function layerNormGrad(
  kernels: Kernels,
  heap: WasmHeap,
  dy: Value,
  x: Value,
  weight: Value,
  mean: Value,
  rstd: Value,
): { dx: Value; dWeight: Value; dBias: Value } {
  const [rows, width] = rowsOf(x);
  const dx = heap.empty(x.shape);
  // Blocks are the same for any number of threads, so that sums are too.
  const blockRows = Math.max(8, Math.ceil(rows / 32));
  const blocks = Math.ceil(rows / blockRows);
  const parts = heap.empty([blocks, 2, width]);
  const args = [dy, x, weight, mean, rstd, dx, parts].map((value) => heap.at(value));
  heap.run("layerNormGrad", blocks, 4 * blockRows * width, ...args, rows, width, blockRows);
  const sums = kernels.reduce("sum", parts, [0], [2, width]);
  const dWeight = kernels.slice(sums, [0, 0], [1, width]);
  const dBias = kernels.slice(sums, [1, 0], [1, width]);
  const result = { dx, dWeight: kernels.reshape(dWeight, [width]), dBias: kernels.reshape(dBias, [width]) };
  for (const value of [parts, sums, dWeight, dBias]) heap.values.release(value);
  return result;
}

export function crossEntropy(
  heap: WasmHeap,
  logits: Value,
  targets: Value,
  ignoreIndex: number,
  labelSmoothing: number,
): { losses: Value; saved: Value } {
  const [rows, width] = rowsOf(logits);
  const classes = heap.view(targets).filter((target) => target !== ignoreIndex);
  checkIndices("crossEntropy", classes, width);
  const [losses, logSums] = [heap.empty([rows]), heap.empty([rows])];
  const args = [logits, targets, losses, logSums].map((value) => heap.at(value));
  heap.run("crossEntropy", rows, 6 * width, ...args, width, ignoreIndex, labelSmoothing);
  return { losses, saved: logSums };
}

export function crossEntropyGrad(
  heap: WasmHeap,
  dLosses: Value,
  logits: Value,
  targets: Value,
  logSums: Value,
  ignoreIndex: number,
  labelSmoothing: number,
): Value {
  const [rows, width] = rowsOf(logits);
  const out = heap.empty(logits.shape);
  const [g, ...args] = [dLosses, logits, targets, logSums, out].map((value) => heap.at(value));
  const stride = dLosses.shape.length === 0 ? 0 : 4;
  heap.run(
    "crossEntropyGrad",
    rows,
    4 * width,
    g as number,
    stride,
    ...args,
    width,
    ignoreIndex,
    labelSmoothing,
  );
  return out;
}

/** The last axis and how often it is there. */
export function rowsOf(x: Value): [rows: number, width: number] {
  return [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1) as number];
}
