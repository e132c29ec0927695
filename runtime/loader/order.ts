import { below, keyedRandom } from "../processors/random.ts";

/** What the order of a pass follows from. */
export interface PassOptions {
  readonly seed: number;
  readonly pass: number;
  readonly shuffle: boolean;
  /** The index of the first sample, where the pass is over a part of a dataset. */
  readonly first?: number;
}

/**
 * The order of samples in one pass over `length` of them, by index: shuffled (Fisher-Yates) from the seed, the
 * pass's number, and which part of a dataset they are; or 0, 1, 2, … without a shuffle.
 */
export function passOrder(length: number, { seed, pass, shuffle, first }: PassOptions): Uint32Array {
  const start = first ?? 0;
  const order = Uint32Array.from({ length }, (_, place) => start + place);
  if (!shuffle) return order;
  const random = first === undefined ? keyedRandom(seed, pass) : keyedRandom(seed, pass, first, length);
  for (let last = length - 1; last > 0; last--) {
    const other = below(random, last + 1);
    const held = order[last]!;
    order[last] = order[other]!;
    order[other] = held;
  }
  return order;
}

/** The batches of one pass: the last, smaller one counts unless it is dropped. */
export function batchesPerPass(length: number, batchSize: number, dropLast: boolean): number {
  return dropLast ? Math.floor(length / batchSize) : Math.ceil(length / batchSize);
}

/** How the rows of each batch are shared out: to `size` processes, each of which takes its rows in `parts` parts. */
export interface Sharing {
  readonly rank: number;
  readonly size: number;
  readonly parts: number;
}

/** One process that takes each batch whole. */
export const unshared: Sharing = { rank: 0, size: 1, parts: 1 };

/** Rows of a batch: `count` of them from `first` on. */
export interface Rows {
  readonly first: number;
  readonly count: number;
}

/**
 * The rows of a batch of `batchSize` that are this process's in its part `part`. Processes divide the batch without a
 * rest or an overlap, in order, and each its share into parts; where that does not go evenly they differ by one row.
 */
export function rowsOf(batchSize: number, { rank, size, parts }: Sharing, part: number): Rows {
  const share = divided(batchSize, size, rank);
  const { first, count } = divided(share.count, parts, part);
  return { first: share.first + first, count };
}

function divided(rows: number, among: number, index: number): Rows {
  const first = Math.floor((index * rows) / among);
  return { first, count: Math.floor(((index + 1) * rows) / among) - first };
}
