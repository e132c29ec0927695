import type { DType, Shape, Tensor } from "./tensor.ts";

/** Arguments of a tensor op do not fit: the message names the op, the arguments, and what was expected. */
export class TensorError extends Error {
  override readonly name: string = "TensorError";
  /** The op that refused its arguments. */
  readonly op: string;

  constructor(op: string, message: string) {
    super(`${op}: ${message}`);
    this.op = op;
  }
}

/** A shape, axis, or index range does not fit. */
export class ShapeError extends TensorError {
  override readonly name = "ShapeError";
}

/** What an op throws for an index outside 0 … length − 1; `place` is where it stands among the indices. */
export function indexError(op: string, index: number, place: number, length: number): ShapeError {
  return new ShapeError(op, `index ${index} (element ${place} of the indices) is not in 0 … ${length - 1}`);
}

/** An element type does not fit. */
export class DTypeError extends TensorError {
  override readonly name = "DTypeError";
}

/** `[2, 3]` */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** `float32 [2, 3]` */
export function formatTensor(x: Tensor): string {
  return `${x.dtype} ${formatShape(x.shape)}`;
}

/** Requires the dtype of the argument called `name` to be among `allowed`. */
export function expectDType(op: string, name: string, x: Tensor, ...allowed: readonly DType[]): void {
  if (allowed.includes(x.dtype)) return;
  const expected = allowed.join(" or ");
  throw new DTypeError(op, `${name} is ${formatTensor(x)}, expected ${expected}; cast it first`);
}

/** Requires a condition on shapes. */
export function expectShape(op: string, holds: boolean, message: () => string): asserts holds {
  if (!holds) throw new ShapeError(op, message());
}
