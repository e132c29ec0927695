import type { TorchEngine } from "../../engine/torch/engine.ts";
import type { FlatMemory } from "../../engine/torch/ops/flat-memory.ts";
import type { Shape, Tensor } from "../../tensor/index.ts";
import type { Buckets } from "../buckets.ts";
import type { Collectives, Work } from "../collectives.ts";
import type { C10dTransport } from "./transport.ts";

/** Buckets in tensors of libtorch's, where the engine computes: gradients on a GPU never leave it. */
export class TensorBuckets implements Buckets {
  readonly #transport: C10dTransport;
  readonly #processes: Collectives;
  readonly #memory: readonly FlatMemory[];

  constructor(
    transport: C10dTransport,
    engine: TorchEngine,
    lengths: readonly number[],
    processes: Collectives,
  ) {
    this.#transport = transport;
    this.#processes = processes;
    this.#memory = lengths.map((length) => engine.openFlat(length));
  }

  put(bucket: number, offset: number, gradient: Tensor): void {
    this.#memoryOf(bucket).put(offset, gradient);
  }

  clear(bucket: number, offset: number, length: number): void {
    this.#memoryOf(bucket).clear(offset, length);
  }

  startSum(bucket: number, tag: string): Work {
    const { length, handle } = this.#memoryOf(bucket);
    const bytes = length * Float32Array.BYTES_PER_ELEMENT;
    return this.#processes.startCustom("allReduce", tag, bytes, { reduction: "sum" }, (call) =>
      this.#transport.startOnTensor(call, handle),
    );
  }

  take(bucket: number, offset: number, shape: Shape): Tensor {
    return this.#memoryOf(bucket).take(offset, shape);
  }

  #memoryOf(bucket: number): FlatMemory {
    const memory = this.#memory[bucket];
    if (memory === undefined) throw new RangeError(`there is no bucket ${bucket}`);
    return memory;
  }
}
