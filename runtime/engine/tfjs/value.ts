import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { DType, MemoryUse, Shape } from "../../tensor/index.ts";
import { sizeOf } from "../../tensor/shape.ts";

/** Memory that one or more values (a value and its reshaped aliases) lie in. */
interface Storage {
  readonly bytes: number;
  values: number;
}

/**
 * An immutable array of a tfjs backend, counted by holders: tensors (handles), the graph, and kernels that are
 * working on it. When the last one releases it, its memory is free at once.
 */
export class Value implements TensorInfo {
  readonly dataId: TensorInfo["dataId"];
  readonly shape: number[];
  readonly dtype: DType;
  /** @internal */
  readonly storage: Storage;
  /** @internal */
  holders = 1;

  constructor(dataId: TensorInfo["dataId"], shape: Shape, dtype: DType, storage: Storage) {
    this.dataId = dataId;
    this.shape = shape as number[];
    this.dtype = dtype;
    this.storage = storage;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** Whether nobody else can see the memory: it may then be overwritten. */
  get isExclusive(): boolean {
    return this.holders === 1 && this.storage.values === 1;
  }
}

/** What frees a tfjs backend's memory. */
export interface Disposer {
  disposeData(dataId: object, force?: boolean): boolean;
}

const bytesPerElement: Readonly<Record<DType, number>> = { float32: 4, int32: 4, bool: 1 };

/** Counts the values of a backend and gives their memory back. */
export class ValueStore {
  readonly #backend: Disposer;
  #bytes = 0;
  #tensors = 0;
  #peakBytes = 0;

  constructor(backend: Disposer) {
    this.#backend = backend;
  }

  memory(): MemoryUse {
    return { bytes: this.#bytes, tensors: this.#tensors, peakBytes: this.#peakBytes };
  }

  /** Takes over what a backend's kernel returned; the caller is the first holder. */
  adopt({ dataId, shape, dtype }: TensorInfo): Value {
    const type = dtype as DType;
    const bytes = sizeOf(shape) * bytesPerElement[type];
    this.#bytes += bytes;
    this.#tensors++;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
    return new Value(dataId, shape, type, { bytes, values: 1 });
  }

  /** Another value in the memory of `value`; the backend must have counted `dataId` once more. */
  alias(value: Value, dataId: TensorInfo["dataId"], shape: Shape): Value {
    value.storage.values++;
    return new Value(dataId, shape, value.dtype, value.storage);
  }

  hold(value: Value): Value {
    value.holders++;
    return value;
  }

  release(value: Value): void {
    if (--value.holders > 0) return;
    this.#backend.disposeData(value.dataId);
    if (--value.storage.values > 0) return;
    this.#bytes -= value.storage.bytes;
    this.#tensors--;
  }
}
