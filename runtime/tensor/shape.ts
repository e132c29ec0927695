import { formatShape, ShapeError } from "./errors.ts";
import type { Shape, Tensor } from "./tensor.ts";

/** How many elements a shape has; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  // Every op asks this: a plain loop takes a third of what a callback does.
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** Requires every length to be an integer ≥ 0. */
export function checkShape(op: string, shape: Shape): void {
  for (const length of shape) {
    if (!Number.isInteger(length) || length < 0) {
      throw new ShapeError(op, `${formatShape(shape)} is no shape: every length must be an integer ≥ 0`);
    }
  }
}

/** An axis counted from 0; negative ones count from the end. */
export function axisOf(op: string, x: Tensor, axis: number, name = "axis"): number {
  return axisIn(op, x.rank, axis, name, () => `x is ${formatShape(x.shape)}`);
}

/** As {@link axisOf}, for a rank. `context` says what has that rank. */
export function axisIn(op: string, rank: number, axis: number, name: string, context: () => string): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normal < 0 || normal >= rank) {
    const range = rank === 0 ? "no axis (it is a scalar)" : `${-rank} … ${rank - 1}`;
    throw new ShapeError(op, `${name} ${axis} is out of range: ${context()}, so it can be ${range}`);
  }
  return normal;
}

/** Axes sorted and counted from 0; all of them when none are given. */
export function axesOf(op: string, x: Tensor, axes: number | readonly number[] | undefined): number[] {
  if (axes === undefined) return x.shape.map((_, axis) => axis);
  const normal = (typeof axes === "number" ? [axes] : axes).map((axis) => axisOf(op, x, axis));
  normal.sort((a, b) => a - b);
  if (new Set(normal).size !== normal.length) {
    throw new ShapeError(
      op,
      `axes [${[axes].flat().join(", ")}] name one axis twice; x is ${formatShape(x.shape)}`,
    );
  }
  return normal;
}

/** The shape that both broadcast to: from the last axis on, lengths are equal or one of them is 1. */
export function broadcastShapes(op: string, a: Shape, b: Shape, names = "a and b"): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new ShapeError(
        op,
        `${names} have shapes ${formatShape(a)} and ${formatShape(b)}, which do not broadcast: ` +
          `axis ${axis - rank} is ${left} against ${right}`,
      );
    }
    shape[axis] = left === 1 ? right : left;
  }
  return shape;
}

/** Whether `from` broadcasts to exactly `to`. */
export function broadcastsTo(from: Shape, to: Shape): boolean {
  if (from.length > to.length) return false;
  const offset = to.length - from.length;
  return from.every((length, axis) => length === 1 || length === to[axis + offset]);
}

/** The shape after reducing `axes` (sorted, counted from 0). */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  if (keepDims) return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return shape.filter((_, axis) => !axes.includes(axis));
}
