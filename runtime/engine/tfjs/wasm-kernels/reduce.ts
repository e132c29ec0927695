import {
  type Definition,
  define,
  f32,
  f32x4,
  f64,
  horizontalSum,
  type I32,
  i32,
  type V128,
  v128,
} from "../../../wasm/assembler.ts";
import { overRow } from "./elementwise.ts";

const itemParameters = { begin: "i32", end: "i32", scratch: "i32" } as const;
const bytes = (count: I32): I32 => i32.shl(count, i32.const(2));

/** How many vectors are added in float32 before the sum goes on in float64. */
const runLength = 64;

/**
 * Σ of rows of `width` contiguous elements, times `scale`: one item a row. Runs of 64 vectors are added in
 * float32 and the runs in float64, so that long sums stay accurate.
 */
const sumRows = define(
  "sumRows",
  { ...itemParameters, x: "i32", out: "i32", width: "i32", scale: "f32" },
  (build, p) => {
    build.for(p.begin, p.end, 1, (row) => {
      const x = build.let(i32.add(p.x, bytes(i32.mul(row, p.width))));
      const total = build.local("f64");
      build.set(total, f64.const(0));
      const vectors = build.let(i32.and(p.width, i32.const(-4)));
      build.for(i32.const(0), vectors, 4 * runLength, (first) => {
        const run = build.let(f32x4.const(0));
        const stop = i32.min(i32.add(first, i32.const(4 * runLength)), vectors);
        build.for(bytes(first), bytes(stop), 16, (at) => {
          build.set(run, f32x4.add(run, v128.load(i32.add(x, at))));
        });
        build.set(total, f64.add(total, f64.fromF32(horizontalSum(build, run))));
      });
      build.for(vectors, p.width, 1, (column) => {
        build.set(total, f64.add(total, f64.fromF32(f32.load(i32.add(x, bytes(column))))));
      });
      build.storeF32(i32.add(p.out, bytes(row)), f32.mul(f32.fromF64(total), p.scale));
    });
  },
);

/** Σ x² of blocks of `blockLength` elements (the items) in float64, one float32 each to `out`. */
const squareSums = define(
  "squareSums",
  { ...itemParameters, x: "i32", out: "i32", total: "i32", blockLength: "i32" },
  (build, p) => {
    build.for(p.begin, p.end, 1, (block) => {
      const first = build.let(i32.mul(block, p.blockLength));
      const sum = build.local("f64");
      build.set(sum, f64.const(0));
      build.for(bytes(first), bytes(i32.min(i32.add(first, p.blockLength), p.total)), 4, (at) => {
        const x = build.let(f64.fromF32(f32.load(i32.add(p.x, at))));
        build.set(sum, f64.add(sum, f64.mul(x, x)));
      });
      build.storeF32(i32.add(p.out, bytes(block)), f32.fromF64(sum));
    });
  },
);

const folds: Readonly<Record<string, (a: V128, b: V128) => V128>> = {
  sum: f32x4.add,
  max: f32x4.max,
  min: f32x4.min,
};

/**
 * Folds [outer, n, inner] over n, times `scale`: items are (outer, block of `blockColumns` inner elements).
 * Sums are plain float32 additions, row after row.
 */
const foldColumns = Object.entries(folds).map(([op, fold]) =>
  define(
    `${op}Columns`,
    {
      ...itemParameters,
      x: "i32",
      out: "i32",
      n: "i32",
      inner: "i32",
      blockColumns: "i32",
      blocks: "i32",
      scale: "f32",
    },
    (build, p) => {
      const stride = build.let(bytes(p.inner));
      const scale = build.let(f32x4.splat(p.scale));
      build.for(p.begin, p.end, 1, (item) => {
        const outer = build.let(i32.div(item, p.blocks));
        const first = build.let(i32.mul(i32.rem(item, p.blocks), p.blockColumns));
        const width = build.let(i32.min(p.blockColumns, i32.sub(p.inner, first)));
        const x = build.let(i32.add(p.x, bytes(i32.add(i32.mul(outer, i32.mul(p.n, p.inner)), first))));
        const out = build.let(i32.add(p.out, bytes(i32.add(i32.mul(outer, p.inner), first))));
        overRow(build, width, (at, store) => {
          const from = build.let(i32.add(x, at));
          const folded = build.let(v128.load(from));
          build.increase(from, stride);
          build.for(i32.const(1), p.n, 1, () => {
            build.set(folded, fold(folded, v128.load(from)));
            build.increase(from, stride);
          });
          store(out, f32x4.mul(folded, scale));
        });
      });
    },
  ),
);

export const reduceKernels: readonly Definition[] = [sumRows, squareSums, ...foldColumns];
