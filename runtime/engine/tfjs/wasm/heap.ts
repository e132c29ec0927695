import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { DType, Shape, TensorData } from "../../../tensor/index.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import { compile } from "../../../wasm/assembler.ts";
import { type Value, ValueStore } from "../value.ts";
import { elementwiseKernels, flatBlock } from "../wasm-kernels/elementwise.ts";
import { gemm, gemmScratchBytes, packB } from "../wasm-kernels/gemm.ts";
import { permute } from "../wasm-kernels/permute.ts";
import { reduceKernels } from "../wasm-kernels/reduce.ts";
import { rowKernels } from "../wasm-kernels/rows.ts";
import type { WasmBackend } from "./backend.ts";
import { ThreadPool } from "./threads.ts";

/** Elements of work below which a kernel is not worth a second thread. */
const elementsPerPiece = 16_384;

/** Values in the heap of tfjs's wasm backend, and our assembled kernels that run on it with threads. */
export class WasmHeap {
  readonly values: ValueStore;
  readonly threads: number;
  readonly #wasm: WasmBackend;
  readonly #pool: ThreadPool;
  readonly #scratch: readonly number[];
  /** Where a number operand of a binary kernel lies: two floats. */
  readonly #numbers: number;

  constructor(wasm: WasmBackend, threads: number) {
    this.#wasm = wasm;
    this.values = new ValueStore(wasm.backend);
    this.threads = threads;
    this.#scratch = Array.from({ length: threads }, () => wasm.malloc(gemmScratchBytes));
    this.#numbers = wasm.malloc(16);
    const module = compile([packB, gemm, permute, ...elementwiseKernels, ...rowKernels, ...reduceKernels]);
    this.#pool = new ThreadPool(module, wasm.memory, this.#scratch);
  }

  dispose(): void {
    this.#pool.dispose();
    this.#wasm.dispose();
  }

  /** A new value whose elements are not set. */
  empty(shape: Shape, dtype: DType = "float32"): Value {
    return this.values.adopt(this.#wasm.backend.makeOutput(shape as number[], dtype));
  }

  create(data: TensorData, shape: Shape, dtype: DType): Value {
    const value = this.empty(shape, dtype);
    this.view(value).set(data);
    return value;
  }

  alias(x: Value, shape: Shape): Value {
    this.#wasm.backend.incRef(x.dataId);
    return this.values.alias(x, x.dataId, shape);
  }

  /** The address of a value's first element. */
  at(x: Value): number {
    return this.#wasm.backend.getMemoryOffset(x.dataId);
  }

  /** The elements, in the heap: valid until the next allocation. */
  view(x: Value): TensorData {
    const { buffer } = this.#wasm.memory;
    const [offset, length] = [this.at(x), sizeOf(x.shape)];
    switch (x.dtype) {
      case "float32":
        return new Float32Array(buffer, offset, length);
      case "int32":
        return new Int32Array(buffer, offset, length);
      case "bool":
        return new Uint8Array(buffer, offset, length);
    }
  }

  /** The elements as bytes, in the heap: valid until the next allocation. */
  bytes(x: Value): Uint8Array {
    const view = this.view(x);
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  }

  /** The address of a number in the heap, until `slot` (0 or 1) is used again. */
  number(value: number, slot: 0 | 1): number {
    new Float32Array(this.#wasm.memory.buffer, this.#numbers, 2)[slot] = value;
    return this.#numbers + 4 * slot;
  }

  /** Runs one of tfjs's own kernels. */
  call(
    name: string,
    inputs: Readonly<Record<string, Value>>,
    attrs: Readonly<Record<string, unknown>>,
  ): Value {
    const result = this.#wasm.kernel(name)({ inputs, attrs: attrs as never, backend: this.#wasm.backend });
    return this.values.adopt(result as TensorInfo);
  }

  /** Runs an assembled kernel over items that are `cost` elements of work each. */
  run(name: string, items: number, cost: number, ...args: readonly number[]): void {
    this.#pool.run(name, items, Math.max(1, Math.floor(elementsPerPiece / Math.max(1, cost))), ...args);
  }

  /** Runs a kernel over `total` elements in blocks. */
  runFlat(name: string, total: number, ...args: readonly number[]): void {
    this.run(name, Math.ceil(total / flatBlock), flatBlock, ...args);
  }
}
