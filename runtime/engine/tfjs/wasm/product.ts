import type { Shape } from "../../../tensor/index.ts";
import { sameShape, sizeOf } from "../../../tensor/shape.ts";
import type { Kernels } from "../kernels.ts";
import type { Value } from "../value.ts";
import { rowBlock, tileColumns, tileRows } from "../wasm-kernels/gemm.ts";
import type { WasmHeap } from "./heap.ts";

/** The terms of a product: scale · a · b + bias, each of a and b read transposed or not. */
export interface Product {
  readonly a: Value;
  readonly b: Value;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly bias: Value | undefined;
  readonly scale: number;
}

/** Computes a product of matrices, whose leading axes broadcast, into `out`. */
export function multiplyInto(
  kernels: Kernels,
  heap: WasmHeap,
  out: Value,
  { a, b, transposeA, transposeB, bias, scale }: Product,
): void {
  const batch = out.shape.slice(0, -2);
  const [aBatch, bBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  let matrices = sizeOf(batch);
  let rows = out.shape.at(-2) as number;
  const columns = out.shape.at(-1) as number;
  const inner = a.shape.at(transposeA ? -2 : -1) as number;
  if (matrices * rows * columns === 0) return;
  if (inner === 0) {
    heap.view(out).fill(0);
    if (bias !== undefined) kernels.addInto(out, bias);
    return;
  }
  const isShared = (of: Shape): boolean => sizeOf(of) === 1;
  const wide = (x: Value, of: Shape): Value =>
    isShared(of) || sameShape(of, batch)
      ? heap.values.hold(x)
      : kernels.broadcastTo(x, [...batch, ...x.shape.slice(-2)]);
  const [left, right] = [wide(a, aBatch), wide(b, bBatch)];
  if (isShared(bBatch) && !isShared(aBatch) && !transposeA) {
    rows *= matrices;
    matrices = 1;
  }
  const panels = Math.ceil(columns / tileColumns);
  const packedMatrices = isShared(bBatch) ? 1 : matrices;
  const packed = heap.empty([packedMatrices * panels * tileColumns * inner]);
  const stride = 4 * (transposeB ? 1 : columns);
  const columnStride = 4 * (transposeB ? inner : 1);
  const [matrix, panelCost] = [4 * inner * columns, inner * tileColumns];
  heap.run(
    "packB",
    packedMatrices * panels,
    panelCost,
    heap.at(right),
    matrix,
    stride,
    columnStride,
    inner,
    columns,
    panels,
    heap.at(packed),
  );
  const blockRows = rowsPerBlock(rows, matrices, heap.threads);
  const blocks = Math.ceil(rows / blockRows);
  heap.run(
    "gemm",
    matrices * blocks,
    blockRows * columns * Math.ceil(inner / 8),
    heap.at(left),
    isShared(aBatch) ? 0 : 4 * (out.shape.at(-2) as number) * inner,
    4 * (transposeA ? 1 : inner),
    4 * (transposeA ? rows : 1),
    heap.at(packed),
    packedMatrices === 1 ? 0 : 4 * panels * tileColumns * inner,
    heap.at(out),
    rows,
    columns,
    inner,
    blockRows,
    blocks,
    bias === undefined ? 0 : heap.at(bias),
    scale,
  );
  for (const value of [packed, left, right]) heap.values.release(value);
}

/** Rows of one work item of a product: whole tiles, small enough to share out among threads. */
function rowsPerBlock(rows: number, matrices: number, threads: number): number {
  const share = Math.ceil((rows * matrices) / (threads * 4));
  const tiles = Math.max(
    1,
    Math.min(rowBlock / tileRows, Math.ceil(share / tileRows), Math.ceil(rows / tileRows)),
  );
  return tiles * tileRows;
}
