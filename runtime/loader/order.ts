import { below, keyedRandom } from "../processors/random.ts";

/**
 * The order of samples in one pass over `length` of them: shuffled (Fisher-Yates) from the seed and the
 * pass's number alone, or 0, 1, 2, … without a shuffle.
 */
export function passOrder(
  length: number,
  { seed, pass, shuffle }: { readonly seed: number; readonly pass: number; readonly shuffle: boolean },
): Uint32Array {
  const order = Uint32Array.from({ length }, (_, index) => index);
  if (!shuffle) return order;
  const random = keyedRandom(seed, pass);
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
