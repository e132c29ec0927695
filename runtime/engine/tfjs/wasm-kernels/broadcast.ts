import type { Shape } from "../../../tensor/index.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import { flatBlock } from "./elementwise.ts";
import { broadcastStrides } from "./plain.ts";

/** How a binary kernel goes over its operands: see binaryKernels. */
export interface BinaryPlan {
  readonly rows: number;
  readonly width: number;
  /** The arguments from `width` on. */
  readonly args: readonly number[];
}

interface Axis {
  readonly length: number;
  /** Elements that one step moves in each operand. */
  readonly a: number;
  readonly b: number;
}

/**
 * A plan for operands that broadcast to `shape`; undefined when more than four groups of axes are needed.
 * Neighbouring axes along which both operands are contiguous, or both are broadcast, become one.
 */
export function planBinary(a: Shape, b: Shape, shape: Shape): BinaryPlan | undefined {
  const axes = merged(shape, broadcastStrides(a, shape), broadcastStrides(b, shape));
  const inner = axes.at(-1) ?? { length: 1, a: 0, b: 0 };
  const total = sizeOf(shape);
  if (axes.length <= 1) {
    const rows = Math.ceil(total / flatBlock);
    const step = (stride: number): number => 4 * flatBlock * stride;
    return {
      rows,
      width: flatBlock,
      args: [flatBlock, total, 1, rows, 0, 0, step(inner.a), inner.a, 0, 0, step(inner.b), inner.b],
    };
  }
  if (axes.length > 4) return undefined;
  const none: Axis = { length: 1, a: 0, b: 0 };
  const [first, second, third] = [none, none, none, ...axes.slice(0, -1)].slice(-3) as [Axis, Axis, Axis];
  const strides = (of: "a" | "b"): number[] => [first, second, third].map((axis) => 4 * axis[of]);
  return {
    rows: total / inner.length,
    width: inner.length,
    args: [
      inner.length,
      total,
      second.length,
      third.length,
      ...strides("a"),
      inner.a,
      ...strides("b"),
      inner.b,
    ],
  };
}

function merged(shape: Shape, a: readonly number[], b: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  for (const [index, length] of shape.entries()) {
    if (length === 1) continue;
    const axis: Axis = { length, a: a[index] as number, b: b[index] as number };
    const before = axes.at(-1);
    const continues = before !== undefined && before.a === axis.a * length && before.b === axis.b * length;
    if (continues) axes[axes.length - 1] = { ...axis, length: before.length * length };
    else axes.push(axis);
  }
  return axes;
}
