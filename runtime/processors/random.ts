/** A source of draws. */
export interface Random {
  /** A number in 0 ≤ x < 1, uniform, with 32 bits. */
  uniform(): number;
}

/**
 * The stream of draws that belongs to a key, such as (seed, epoch, index): equal keys give equal streams on
 * every machine, and keys that differ anywhere give streams that look independent.
 *
 * Tensors draw otherwise (tensor/random.ts): there each element has a number to draw by, in whatever order and
 * thread, while a processor takes one draw after the other and as many as it happens to need.
 *
 * The generator is sfc32 (Chris Doty-Humphrey's Small Fast Chaotic, PractRand), its state is filled from the
 * key by the finalizer of MurmurHash3 (Austin Appleby).
 * @throws RangeError when a part of the key is not an integer that a float64 holds.
 */
export function keyedRandom(...key: readonly number[]): Random {
  let hash = 0x9e3779b9 ^ key.length;
  const absorb = (word: number): void => {
    hash = mix((hash + Math.imul(word, 0x85ebca6b) + 0x6d2b79f5) | 0);
  };
  for (const part of key) {
    if (!Number.isSafeInteger(part)) throw new RangeError(`keyedRandom: ${part} is not an integer`);
    absorb(part | 0);
    absorb(Math.floor(part / 2 ** 32) | 0);
  }
  const word = (): number => {
    absorb(0);
    return hash;
  };
  let a = word();
  let b = word();
  let c = word();
  let counter = 1;
  const next = (): number => {
    const out = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return out >>> 0;
  };
  // The first outputs still show the state they started from.
  for (let skip = 0; skip < 12; skip++) next();
  return { uniform: () => next() / 2 ** 32 };
}

/** A draw from `low` ≤ x < `high`. */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

/** An integer from 0 to `count` - 1. */
export function below(random: Random, count: number): number {
  return Math.floor(random.uniform() * count);
}

function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
