import { engineOf } from "./arguments.ts";
import { DTypeError, expectDType, expectShape, formatShape, formatTensor, ShapeError } from "./errors.ts";
import { axisIn, axisOf, broadcastsTo, sizeOf } from "./shape.ts";
import type { Shape, Tensor } from "./tensor.ts";

/** The same elements in another shape; one length may be −1 and is then worked out. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const engine = engineOf("reshape", x);
  const unknown = shape.indexOf(-1);
  const known = sizeOf(shape.filter((_, axis) => axis !== unknown));
  const full =
    unknown < 0 ? shape : shape.map((length, axis) => (axis === unknown ? x.size / known : length));
  expectShape(
    "reshape",
    full.every((length) => Number.isInteger(length) && length >= 0) && sizeOf(full) === x.size,
    () => `x ${formatShape(x.shape)} has ${x.size} elements, which do not fill ${formatShape(shape)}`,
  );
  return engine.reshape(x, full);
}

/** Axes reordered: axis i of the result is axis permutation[i] of x. */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  const engine = engineOf("transpose", x);
  const axes = permutation.map((axis) => axisOf("transpose", x, axis, "permutation's axis"));
  expectShape(
    "transpose",
    axes.length === x.rank && new Set(axes).size === x.rank,
    () => `[${permutation.join(", ")}] is no permutation of the axes of x ${formatShape(x.shape)}`,
  );
  return engine.transpose(
    x,
    axes,
    axes.map((axis) => x.shape[axis] as number),
  );
}

function expectAlike(op: string, xs: readonly Tensor[], but: number): void {
  const [first] = xs as readonly [Tensor, ...Tensor[]];
  for (const [index, x] of xs.entries()) {
    if (x.dtype !== first.dtype) {
      throw new DTypeError(op, `xs[0] is ${formatTensor(first)} but xs[${index}] is ${formatTensor(x)}`);
    }
    expectShape(
      op,
      x.rank === first.rank && x.shape.every((length, axis) => axis === but || length === first.shape[axis]),
      () =>
        `xs[0] is ${formatShape(first.shape)} but xs[${index}] is ${formatShape(x.shape)}: ` +
        (but < 0 ? "shapes must be equal" : `only axis ${but} may differ`),
    );
  }
}

/** Tensors joined along an axis that they have; their other axes are equal. */
export function concat(xs: readonly Tensor[], axis: number): Tensor {
  const [first, ...others] = xs;
  if (first === undefined) throw new ShapeError("concat", "no tensors were given, expected one or more");
  const engine = engineOf("concat", first, ...others);
  const along = axisOf("concat", first, axis);
  expectAlike("concat", xs, along);
  const length = xs.reduce((total, x) => total + (x.shape[along] as number), 0);
  return engine.concat(
    xs,
    along,
    first.shape.map((old, i) => (i === along ? length : old)),
  );
}

/** Tensors of one shape joined along a new axis. */
export function stack(xs: readonly Tensor[], axis: number): Tensor {
  const [first, ...others] = xs;
  if (first === undefined) throw new ShapeError("stack", "no tensors were given, expected one or more");
  engineOf("stack", first, ...others);
  const along = axisIn("stack", first.rank + 1, axis, "axis", () => `the result has ${first.rank + 1} axes`);
  expectAlike("stack", xs, -1);
  return concat(
    xs.map((x) => unsqueeze(x, along)),
    along,
  );
}

/** Consecutive pieces along an axis; their sizes add up to its length. */
export function split(x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  const along = axisOf("split", x, axis);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expectShape(
    "split",
    total === x.shape[along],
    () =>
      `sizes [${sizes.join(", ")}] add up to ${total}, but axis ${axis} of x ${formatShape(x.shape)} does not`,
  );
  let start = 0;
  return sizes.map((size) => {
    const piece = narrow(x, along, start, size);
    start += size;
    return piece;
  });
}

/** The box of `size` elements from `begin` on; a size of −1 is all that is left along its axis. */
export function slice(x: Tensor, begin: readonly number[], size: readonly number[]): Tensor {
  const engine = engineOf("slice", x);
  const full = size.map((length, axis) =>
    length === -1 ? (x.shape[axis] ?? 0) - (begin[axis] ?? 0) : length,
  );
  expectShape(
    "slice",
    begin.length === x.rank &&
      full.length === x.rank &&
      begin.every((start, axis) => {
        const length = full[axis] as number;
        const fits = start >= 0 && length >= 0 && start + length <= (x.shape[axis] as number);
        return fits && Number.isInteger(start) && Number.isInteger(length);
      }),
    () => `begin [${begin.join(", ")}] and size [${size.join(", ")}] do not lie in x ${formatShape(x.shape)}`,
  );
  return engine.slice(x, begin, full);
}

/** `length` elements along `axis`, from `start` on. */
export function narrow(x: Tensor, axis: number, start: number, length: number): Tensor {
  const along = axisOf("narrow", x, axis);
  const available = x.shape[along] as number;
  expectShape(
    "narrow",
    Number.isInteger(start) &&
      Number.isInteger(length) &&
      start >= 0 &&
      length >= 0 &&
      start + length <= available,
    () => `${start} … ${start + length} does not lie in axis ${axis} of x ${formatShape(x.shape)}`,
  );
  const begin = x.shape.map((_, i) => (i === along ? start : 0));
  return slice(
    x,
    begin,
    x.shape.map((old, i) => (i === along ? length : old)),
  );
}

/**
 * The slices of `axis` that int32 `indices` name: the axis is replaced by the shape of the indices.
 * x: [A, N, B], indices: [...] in 0 … N−1 → [A, ..., B].
 *
 * @throws ShapeError naming the index when one is out of range (engines on the CPU).
 */
export function gather(x: Tensor, indices: Tensor, axis: number): Tensor {
  const engine = engineOf("gather", x, indices);
  expectDType("gather", "indices", indices, "int32");
  const along = axisOf("gather", x, axis);
  const shape = [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)];
  return engine.gather(x, indices, along, shape);
}

/** x with a new axis of length 1. */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  const at = axisIn("unsqueeze", x.rank + 1, axis, "axis", () => `the result has ${x.rank + 1} axes`);
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

/** x without an axis of length 1; without all of them when none is named. */
export function squeeze(x: Tensor, axis?: number): Tensor {
  if (axis === undefined)
    return reshape(
      x,
      x.shape.filter((length) => length !== 1),
    );
  const at = axisOf("squeeze", x, axis);
  expectShape("squeeze", x.shape[at] === 1, () => `axis ${axis} of x ${formatShape(x.shape)} is not 1 long`);
  return reshape(
    x,
    x.shape.filter((_, i) => i !== at),
  );
}

/** x repeated along its axes of length 1 and along new leading ones, up to `shape`. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  const engine = engineOf("broadcastTo", x);
  expectShape(
    "broadcastTo",
    broadcastsTo(x.shape, shape),
    () => `x ${formatShape(x.shape)} does not broadcast to ${formatShape(shape)}`,
  );
  return engine.broadcastTo(x, shape);
}

/** Each slice of `axis` `repeats` times in a row: [a, b] → [a, a, b, b] (PyTorch's `repeat_interleave`). */
export function repeatInterleave(x: Tensor, repeats: number, axis: number): Tensor {
  const along = axisOf("repeatInterleave", x, axis);
  expectShape("repeatInterleave", Number.isInteger(repeats) && repeats >= 1, () => `repeats is ${repeats}`);
  const wide = unsqueeze(x, along + 1);
  const repeated = broadcastTo(
    wide,
    wide.shape.map((length, i) => (i === along + 1 ? repeats : length)),
  );
  return reshape(
    repeated,
    x.shape.map((length, i) => (i === along ? length * repeats : length)),
  );
}

/** float32 vectors that are 1 at the index and 0 elsewhere (everywhere, when it is out of range): [...] → [..., depth]. */
export function oneHot(indices: Tensor, depth: number): Tensor {
  const engine = engineOf("oneHot", indices);
  expectDType("oneHot", "indices", indices, "int32");
  expectShape(
    "oneHot",
    Number.isInteger(depth) && depth >= 1,
    () => `depth is ${depth}, expected an integer ≥ 1`,
  );
  return engine.oneHot(indices, depth, [...indices.shape, depth]);
}
