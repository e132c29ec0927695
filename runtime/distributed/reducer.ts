import type { Engine, Tensor } from "../tensor/index.ts";
import { type Buckets, openBuckets } from "./buckets.ts";
import type { Collectives, Work } from "./collectives.ts";

/** Where a parameter's gradient lies: counts float32 numbers. */
interface Slot {
  readonly bucket: number;
  readonly offset: number;
  readonly length: number;
}

/** Sizes of buckets in bytes. The first is small, so that communication begins early (as PyTorch's DDP has it). */
export interface BucketSizes {
  readonly first: number;
  readonly others: number;
}

const defaultSizes: BucketSizes = { first: 2 ** 20, others: 25 * 2 ** 20 };

/** Gradients begin at multiples of so many numbers: 64 bytes, which engines can compute on without a copy. */
const alignment = 16;

/**
 * Sums the gradients of all processes, bucket by bucket, while the backward pass goes on: parameters are laid out in
 * reverse order, which is about the order in which their gradients become final, and a bucket is on its way as
 * soon as it and those before it are full (Li et al., PyTorch Distributed, VLDB 2020).
 *
 * For each step: {@link add} each gradient once or {@link skip} it, then {@link take} the sums.
 */
export class GradientReducer {
  readonly #parameters: readonly Tensor[];
  readonly #slots: readonly Slot[];
  readonly #buckets: Buckets;
  /** How many gradients each bucket waits for, when none has come. */
  readonly #sizes: readonly number[];
  #waiting: number[];
  #works: Work[] = [];

  constructor(
    processes: Collectives,
    engine: Engine,
    parameters: readonly Tensor[],
    sizes: BucketSizes = defaultSizes,
  ) {
    const { slots, lengths } = layOut(parameters, sizes);
    this.#parameters = parameters;
    this.#slots = slots;
    this.#buckets = openBuckets(processes, engine, lengths);
    this.#sizes = lengths.map((_, bucket) => slots.filter((slot) => slot.bucket === bucket).length);
    this.#waiting = [...this.#sizes];
  }

  /** Takes a gradient in, which is final: it may be freed after. */
  add(index: number, gradient: Tensor): void {
    const { bucket, offset } = this.#slot(index);
    this.#buckets.put(bucket, offset, gradient);
    this.#arrived(bucket);
  }

  /** States that the loss of this process does not use a parameter. */
  skip(index: number): void {
    const { bucket, offset, length } = this.#slot(index);
    this.#buckets.clear(bucket, offset, length);
    this.#arrived(bucket);
  }

  /**
   * The sums, in the order of the parameters, null where `isUsed` says that no process has a gradient. They are
   * good until the next {@link add}.
   */
  take(isUsed: (index: number) => boolean): (Tensor | null)[] {
    if (this.#works.length < this.#sizes.length)
      throw new Error("not every gradient has been added or skipped");
    for (const work of this.#works) work.wait();
    this.#works = [];
    this.#waiting = [...this.#sizes];
    return this.#parameters.map(({ shape }, index) => {
      const { bucket, offset } = this.#slot(index);
      return isUsed(index) ? this.#buckets.take(bucket, offset, shape) : null;
    });
  }

  #slot(index: number): Slot {
    const slot = this.#slots[index];
    if (slot === undefined) throw new RangeError(`there is no parameter ${index}`);
    return slot;
  }

  #arrived(bucket: number): void {
    const left = (this.#waiting[bucket] ?? 0) - 1;
    if (left < 0) throw new Error(`bucket ${bucket} has all of its gradients already`);
    this.#waiting[bucket] = left;
    // In their order, whatever order they became full in: it is the same in every process.
    for (let next = this.#works.length; this.#waiting[next] === 0; next++) {
      this.#works.push(this.#buckets.startSum(next, `gradients ${next + 1} of ${this.#sizes.length}`));
    }
  }
}

function layOut(
  parameters: readonly Tensor[],
  sizes: BucketSizes,
): { readonly slots: readonly Slot[]; readonly lengths: readonly number[] } {
  const slots: Slot[] = [];
  const lengths: number[] = [];
  for (let index = parameters.length - 1; index >= 0; index--) {
    const { size: length } = parameters[index] as Tensor;
    const limit = (lengths.length === 1 ? sizes.first : sizes.others) / Float32Array.BYTES_PER_ELEMENT;
    const last = lengths.at(-1);
    // A parameter that is larger than a bucket has one of its own.
    const fits = last !== undefined && last + length <= limit;
    const bucket = fits ? lengths.length - 1 : lengths.length;
    const offset = fits ? last : 0;
    slots[index] = { bucket, offset, length };
    lengths[bucket] = Math.ceil((offset + length) / alignment) * alignment;
  }
  return { slots, lengths };
}
