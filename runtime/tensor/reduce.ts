import { engineOf } from "./arguments.ts";
import type { ReduceOp } from "./engine.ts";
import { expectDType, expectShape, formatShape } from "./errors.ts";
import { axesOf, axisOf, reducedShape } from "./shape.ts";
import type { DType, Tensor } from "./tensor.ts";

type Axes = number | readonly number[];

function reduce(
  op: ReduceOp,
  x: Tensor,
  axes: Axes | undefined,
  keepDims: boolean,
  ...allowed: DType[]
): Tensor {
  const engine = engineOf(op, x);
  expectDType(op, "x", x, ...allowed);
  const normal = axesOf(op, x, axes);
  if (op !== "sum") {
    expectShape(
      op,
      normal.every((axis) => x.shape[axis] !== 0),
      () => `x is ${formatShape(x.shape)}: nothing to reduce along an axis of length 0`,
    );
  }
  return engine.reduce(op, x, normal, keepDims, reducedShape(x.shape, normal, keepDims));
}

/** The sum over `axes` (all when not given); float32 or int32. */
export const sum = (x: Tensor, axes?: Axes, keepDims = false): Tensor =>
  reduce("sum", x, axes, keepDims, "float32", "int32");
/** The mean over `axes` (all when not given); float32. */
export const mean = (x: Tensor, axes?: Axes, keepDims = false): Tensor =>
  reduce("mean", x, axes, keepDims, "float32");
/** The maximum over `axes` (all when not given); float32 or int32. Equal maxima share the gradient. */
export const max = (x: Tensor, axes?: Axes, keepDims = false): Tensor =>
  reduce("max", x, axes, keepDims, "float32", "int32");
/** The minimum over `axes` (all when not given); float32 or int32. Equal minima share the gradient. */
export const min = (x: Tensor, axes?: Axes, keepDims = false): Tensor =>
  reduce("min", x, axes, keepDims, "float32", "int32");

/** The index of the first maximum along `axis`, which disappears; int32. x: float32 or int32. */
export function argmax(x: Tensor, axis: number): Tensor {
  const engine = engineOf("argmax", x);
  expectDType("argmax", "x", x, "float32", "int32");
  const normal = axisOf("argmax", x, axis);
  expectShape("argmax", x.shape[normal] !== 0, () => `x is ${formatShape(x.shape)}: axis ${axis} is empty`);
  return engine.argmax(x, normal, reducedShape(x.shape, [normal], false));
}

/**
 * The k largest along the last axis, largest first, and their indices; of equal ones the lower index first.
 * x: float32 [..., N] → values float32 [..., k], indices int32 [..., k]. No gradient passes.
 */
export function topK(x: Tensor, k: number): { values: Tensor; indices: Tensor } {
  const engine = engineOf("topK", x);
  expectDType("topK", "x", x, "float32");
  const length = x.shape.at(-1) ?? 0;
  expectShape(
    "topK",
    Number.isInteger(k) && k >= 1 && k <= length,
    () => `k is ${k}, expected an integer in 1 … ${length}; x is ${formatShape(x.shape)}`,
  );
  return engine.topK(x, k, [...x.shape.slice(0, -1), k]);
}

/** log Σ eˣ along `axis`, which disappears, without overflow; float32. */
export function logSumExp(x: Tensor, axis: number): Tensor {
  const engine = engineOf("logSumExp", x);
  expectDType("logSumExp", "x", x, "float32");
  const normal = axisOf("logSumExp", x, axis);
  expectShape(
    "logSumExp",
    x.shape[normal] !== 0,
    () => `x is ${formatShape(x.shape)}: axis ${axis} is empty`,
  );
  return engine.logSumExp(x, normal, reducedShape(x.shape, [normal], false));
}
