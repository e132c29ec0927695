import type { ReduceOp } from "../../../tensor/engine.ts";
import type { Shape } from "../../../tensor/index.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import type { Kernels } from "../kernels.ts";
import type { Value } from "../value.ts";
import { foldIntegers } from "../wasm-kernels/plain.ts";
import type { WasmHeap } from "./heap.ts";

/** Folds `axes` of x to `shape`; see Kernels.reduce. */
export function reduce(
  kernels: Kernels,
  heap: WasmHeap,
  op: ReduceOp,
  x: Value,
  axes: readonly number[],
  shape: Shape,
): Value {
  const first = axes[0] ?? 0;
  const last = axes.at(-1) ?? -1;
  if (last - first + 1 !== axes.length) return reduceApart(kernels, heap, op, x, axes, shape);
  const outer = sizeOf(x.shape.slice(0, first));
  const n = sizeOf(x.shape.slice(first, last + 1));
  const inner = sizeOf(x.shape.slice(last + 1));
  const out = heap.empty(shape, x.dtype);
  const fold = op === "mean" ? "sum" : op;
  if (x.dtype !== "float32") {
    foldIntegers(fold, heap.view(x), outer, n, inner, heap.view(out));
    return out;
  }
  const scale = op === "mean" ? 1 / n : 1;
  const [from, to] = [heap.at(x), heap.at(out)];
  if (n === 0) heap.view(out).fill(0);
  else if (inner === 1 && fold === "sum") heap.run("sumRows", outer, n, from, to, n, scale);
  else {
    const blockColumns = Math.min(inner, 64);
    const blocks = Math.ceil(inner / blockColumns);
    const cost = n * blockColumns;
    heap.run(`${fold}Columns`, outer * blocks, cost, from, to, n, inner, blockColumns, blocks, scale);
  }
  return out;
}

/** Reduces axes that are not neighbours, by bringing them to the end. */
function reduceApart(
  kernels: Kernels,
  heap: WasmHeap,
  op: ReduceOp,
  x: Value,
  axes: readonly number[],
  shape: Shape,
): Value {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const moved = kernels.transpose(
    x,
    order,
    order.map((axis) => x.shape[axis] as number),
  );
  const last = axes.map((_, i) => kept.length + i);
  const result = reduce(kernels, heap, op, moved, last, shape);
  kernels.values.release(moved);
  return result;
}

/** Elements whose squares one work item adds up; fixed, so that sums do not depend on the threads. */
const blockLength = 65_536;

/** Σ x² of all, a scalar. */
export function sumOfSquares(heap: WasmHeap, xs: readonly Value[]): Value {
  let total = 0;
  for (const x of xs) {
    const blocks = Math.ceil(x.size / blockLength);
    const sums = heap.empty([blocks]);
    heap.run("squareSums", blocks, blockLength, heap.at(x), heap.at(sums), x.size, blockLength);
    for (const sum of heap.view(sums)) total += sum;
    heap.values.release(sums);
  }
  return heap.create(Float32Array.of(total), [], "float32");
}
