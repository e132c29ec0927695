import { type Definition, define, type I32, i32, v128 } from "../../../wasm/assembler.ts";
import { overRow } from "./elementwise.ts";

const bytes = (count: I32): I32 => i32.shl(count, i32.const(2));

/** How many axes outside a row the kernel takes. */
export const permuteAxes = 4;

/**
 * Copies words of an array with its axes in another order: items are rows of `width` of the result. The row
 * number is (i0, i1, i2, i3) with i1 < n1, i2 < n2, i3 < n3; s0 … s3 and `inner` are the bytes in x from one
 * index to the next.
 */
export const permute: Definition = define(
  "permute",
  {
    begin: "i32",
    end: "i32",
    scratch: "i32",
    x: "i32",
    out: "i32",
    width: "i32",
    inner: "i32",
    n1: "i32",
    n2: "i32",
    n3: "i32",
    s0: "i32",
    s1: "i32",
    s2: "i32",
    s3: "i32",
  },
  (build, p) => {
    build.for(p.begin, p.end, 1, (row) => {
      const rest = build.let(i32.div(row, p.n3));
      const outer = build.let(i32.div(rest, p.n2));
      const near = i32.add(i32.mul(i32.rem(row, p.n3), p.s3), i32.mul(i32.rem(rest, p.n2), p.s2));
      const far = i32.add(i32.mul(i32.rem(outer, p.n1), p.s1), i32.mul(i32.div(outer, p.n1), p.s0));
      const from = build.let(i32.add(p.x, i32.add(near, far)));
      const to = build.let(i32.add(p.out, bytes(i32.mul(row, p.width))));
      build.if(
        i32.eq(p.inner, i32.const(4)),
        () => overRow(build, p.width, (at, store) => store(to, v128.load(i32.add(from, at)))),
        () =>
          build.for(i32.const(0), p.width, 1, () => {
            build.storeI32(to, i32.load(from));
            build.increase(to, i32.const(4));
            build.increase(from, p.inner);
          }),
      );
    });
  },
);

interface Axis {
  readonly length: number;
  /** Elements of x from one index to the next. */
  readonly stride: number;
}

/** The arguments of {@link permute} from `width` on; undefined when it takes more axes than the kernel has. */
export function planPermute(
  shape: readonly number[],
  permutation: readonly number[],
): { readonly rows: number; readonly width: number; readonly args: readonly number[] } | undefined {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const axes: Axis[] = [];
  for (const from of permutation) {
    const axis: Axis = { length: shape[from] as number, stride: strides[from] as number };
    if (axis.length === 1) continue;
    const before = axes.at(-1);
    // Axes that stay neighbours are one.
    if (before?.stride === axis.length * axis.stride) {
      axes[axes.length - 1] = { length: before.length * axis.length, stride: axis.stride };
    } else axes.push(axis);
  }
  if (axes.length > permuteAxes + 1) return undefined;
  const inner = axes.at(-1) ?? { length: 1, stride: 1 };
  const none: Axis = { length: 1, stride: 0 };
  const outer = [none, none, none, none, ...axes.slice(0, -1)].slice(-permuteAxes);
  const rows = outer.reduce((product, axis) => product * axis.length, 1);
  return {
    rows,
    width: inner.length,
    args: [
      inner.length,
      4 * inner.stride,
      ...outer.slice(1).map((axis) => axis.length),
      ...outer.map((axis) => 4 * axis.stride),
    ],
  };
}
