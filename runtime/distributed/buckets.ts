import { type Engine, lend, type Shape, type Tensor, wrap } from "../tensor/index.ts";
import type { Collectives, Work } from "./collectives.ts";
import type { Transport } from "./transport.ts";

/**
 * Memory for gradients, in buckets that are all-reduced as a whole. Lengths and offsets count float32 numbers;
 * what lies between parameters in a bucket is zero and stays so.
 */
export interface Buckets {
  /** Copies a gradient into a bucket. */
  put(bucket: number, offset: number, gradient: Tensor): void;
  /** Fills a part of a bucket with zeros. */
  clear(bucket: number, offset: number, length: number): void;
  /** Starts to sum a bucket over the processes; it must not be touched before that is done. */
  startSum(bucket: number, tag: string): Work;
  /**
   * A part of a bucket as a tensor, without a copy where the engine can do without: it is good until the next
   * `put` to the bucket, and may be changed in place.
   */
  take(bucket: number, offset: number, shape: Shape): Tensor;
}

/** A transport that can keep buckets where an engine computes, so that gradients on a GPU never leave it. */
export interface TensorTransport extends Transport {
  /** Undefined for an engine whose memory it cannot reach. */
  openTensorBuckets(engine: Engine, lengths: readonly number[], processes: Collectives): Buckets | undefined;
}

function keepsTensors(transport: Transport | undefined): transport is TensorTransport {
  return transport !== undefined && "openTensorBuckets" in transport;
}

/** Buckets of these lengths: on the engine's device where the transport can, else in main memory. */
export function openBuckets(processes: Collectives, engine: Engine, lengths: readonly number[]): Buckets {
  const { transport } = processes;
  const onDevice = keepsTensors(transport)
    ? transport.openTensorBuckets(engine, lengths, processes)
    : undefined;
  return onDevice ?? new HostBuckets(processes, engine, lengths);
}

/** Buckets in the transport's own memory. */
class HostBuckets implements Buckets {
  readonly #processes: Collectives;
  readonly #engine: Engine;
  readonly #memory: readonly Float32Array[];

  constructor(processes: Collectives, engine: Engine, lengths: readonly number[]) {
    this.#processes = processes;
    this.#engine = engine;
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const buffer = processes.allocate(total * Float32Array.BYTES_PER_ELEMENT, "gradients");
    let start = 0;
    this.#memory = lengths.map((length) => {
      const bucket = new Float32Array(buffer, start * Float32Array.BYTES_PER_ELEMENT, length);
      start += length;
      return bucket;
    });
  }

  put(bucket: number, offset: number, gradient: Tensor): void {
    // A gradient is float32, whatever precision the products were in.
    lend(gradient, (data) => this.#memoryOf(bucket).set(data, offset));
  }

  clear(bucket: number, offset: number, length: number): void {
    this.#memoryOf(bucket).fill(0, offset, offset + length);
  }

  startSum(bucket: number, tag: string): Work {
    return this.#processes.startAllReduce(this.#memoryOf(bucket), "sum", tag);
  }

  take(bucket: number, offset: number, shape: Shape): Tensor {
    const length = shape.reduce((product, size) => product * size, 1);
    return wrap(this.#engine, this.#memoryOf(bucket).subarray(offset, offset + length), shape);
  }

  #memoryOf(bucket: number): Float32Array {
    const memory = this.#memory[bucket];
    if (memory === undefined) throw new RangeError(`there is no bucket ${bucket}`);
    return memory;
  }
}
