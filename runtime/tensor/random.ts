import type { Distribution } from "./engine.ts";

/**
 * Random numbers without state: element `i` of a draw is a hash of (key, i), so a draw depends on its key and
 * nothing else: not on the engine, the number of threads, or what was drawn before.
 *
 * The hash is two keyed rounds of a 32-bit mixer (multiply and xor-shift; constants of C. Wellons' search
 * "hash prospector", bias 0.107): a bijection of the counter, so fast that a dropout mask of a million
 * elements takes a few milliseconds even in plain JavaScript.
 */

declare const opaque: unique symbol;

/** Names one stream of random numbers. Make one with {@link key}, derive others with {@link fold}. */
export interface Key {
  readonly [opaque]: "key";
}

/** Rows `first` … `first + rows − 1` of tensors that several processes hold together, the outermost axis first. */
export interface Share {
  readonly first: number;
  readonly rows: number;
}

interface Words {
  readonly a: number;
  readonly b: number;
  readonly share?: Share;
}

const wordsOf = (of: Key): Words => of as unknown as Words;

/** The multipliers of the mixer, for engines that generate the same words in their own code. */
export const mixMultipliers = [0x21f0aaad, 0xd35a2d97] as const;

/** A bijection of the 32-bit integers with good avalanche: shifts 16, 15, 15 around two multiplications. */
export function mix(word: number): number {
  let x = word;
  x = Math.imul(x ^ (x >>> 16), mixMultipliers[0]);
  x = Math.imul(x ^ (x >>> 15), mixMultipliers[1]);
  return x ^ (x >>> 15);
}

/** The two 32-bit words of a key, for engines and checkpoints; its share is none of them. */
export function keyWords(of: Key): readonly [number, number] {
  const { a, b } = wordsOf(of);
  return [a, b];
}

/** The key with the given words, as {@link keyWords} gives them. */
export function keyFromWords(words: readonly [number, number]): Key {
  const made: Words = { a: words[0] | 0, b: words[1] | 0 };
  return made as unknown as Key;
}

/**
 * The key with which a process that holds a share of a batch draws what one process with the whole batch would: every
 * draw of `rows` · n numbers, by it or a key folded from it, is numbers `first` · n and on of what `of` draws. Draws of
 * other lengths are as with `of`: they are not one a row. Not on a GPU, whose own generator gives other numbers.
 */
export function shareOf(of: Key, share: Share): Key {
  const { first, rows } = share;
  if (!(Number.isSafeInteger(first) && first >= 0 && Number.isSafeInteger(rows) && rows >= 1)) {
    throw new RangeError(`shareOf: ${rows} rows from row ${first} on are no share of a batch`);
  }
  const { a, b } = wordsOf(of);
  const made: Words = { a, b, share: { first, rows } };
  return made as unknown as Key;
}

/** How many numbers of the whole come before a share's `length`. */
function skipped(of: Key, length: number): number {
  const { share } = wordsOf(of);
  return share === undefined || length % share.rows !== 0 ? 0 : share.first * (length / share.rows);
}

/**
 * The key whose first `length` words are those that `of` gives for a draw of that length: itself without a share.
 * What reads words by their index ({@link keyWords}) takes it first.
 */
export function keyFor(of: Key, length: number): Key {
  const { a, b, share } = wordsOf(of);
  return share === undefined ? of : keyFromWords([a + skipped(of, length), b]);
}

/** The key of a seed: any safe integer. */
export function key(seed: number): Key {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`key: seed ${seed} is not a safe integer`);
  const low = seed | 0;
  const high = Math.floor(seed / 2 ** 32) | 0;
  return keyFromWords([mix(low ^ 0x3c6ef372), mix(mix(high ^ 0x1b873593) + low)]);
}

/**
 * An independent key derived from `from` and `n` (an epoch, a step, a layer), of the same share; the same for the same
 * pair.
 */
export function fold(from: Key, n: number): Key {
  if (!Number.isSafeInteger(n)) throw new RangeError(`fold: n ${n} is not a safe integer`);
  const [a, b] = keyWords(from);
  const low = n | 0;
  const high = Math.floor(n / 2 ** 32) | 0;
  const first = mix(mix(a ^ low) + high);
  const second = mix(mix(b + Math.imul(low, 0x632be59b)) ^ mix(high + 0x7f4a7c15));
  const folded = keyFromWords([mix(first + b), mix(second ^ a)]);
  const { share } = wordsOf(from);
  return share === undefined ? folded : shareOf(folded, share);
}

/** Hands out keys in order: the nth `next()` is `fold(key, n)`. What a model draws its initial weights from. */
export class KeyStream {
  readonly #key: Key;
  #count = 0;

  constructor(from: Key) {
    this.#key = from;
  }

  next(): Key {
    return fold(this.#key, this.#count++);
  }

  /** Another stream that hands out what this one would from here on. */
  copy(): KeyStream {
    const copy = new KeyStream(this.#key);
    copy.#count = this.#count;
    return copy;
  }
}

/** The 32-bit word `index` of a key's stream, as a signed integer. */
export function randomWord(of: Key, index: number): number {
  const [a, b] = keyWords(of);
  return mix(mix(index + a) ^ b);
}

const toUnit = 2 ** -24;

/** `length` numbers uniform in [0, 1), each a multiple of 2⁻²⁴. */
export function uniformValues(of: Key, length: number): Float32Array<ArrayBuffer> {
  const [a, b] = keyWords(keyFor(of, length));
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = (mix(mix(i + a) ^ b) >>> 8) * toUnit;
  return values;
}

/** `length` numbers of the standard normal distribution (Box and Muller, 1958), pairs from two words. */
export function normalValues(of: Key, length: number): Float32Array<ArrayBuffer> {
  const [a, b] = keyWords(of);
  const values = new Float32Array(length);
  for (let i = 0; i < length; i += 2) {
    // 1 - u is in (0, 1], so the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - (mix(mix(i + a) ^ b) >>> 8) * toUnit));
    const angle = 2 * Math.PI * (mix(mix(i + 1 + a) ^ b) >>> 8) * toUnit;
    values[i] = radius * Math.cos(angle);
    if (i + 1 < length) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** `length` standard normals, redrawn until inside ±`bound` (in standard deviations). */
export function truncatedNormalValues(of: Key, length: number, bound: number): Float32Array<ArrayBuffer> {
  const values = normalValues(of, length);
  let outside = indicesOutside(values, bound);
  for (let round = 1; outside.length > 0; round++) {
    const redrawn = normalValues(fold(of, round), outside.length);
    outside.forEach((index, i) => {
      values[index] = redrawn[i] as number;
    });
    outside = outside.filter((index) => Math.abs(values[index] as number) > bound);
  }
  return values;
}

function indicesOutside(values: Float32Array, bound: number): number[] {
  const indices: number[] = [];
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i] as number) > bound) indices.push(i);
  return indices;
}

/**
 * Whether dropout keeps an element compares its word, read as unsigned, with this: kept when word ≥ threshold.
 * `p` is the probability to drop, in 0..1.
 */
export function dropThreshold(p: number): number {
  return Math.min(2 ** 32 - 1, Math.round(p * 2 ** 32));
}

/** For each element 0 (dropped, with probability `p`) or 1 / (1 − p): what dropout multiplies with. */
export function dropMask(of: Key, length: number, p: number): Float32Array<ArrayBuffer> {
  const [a, b] = keyWords(of);
  const threshold = dropThreshold(p);
  const factor = 1 / (1 - p);
  const mask = new Float32Array(length);
  for (let i = 0; i < length; i++) if (mix(mix(i + a) ^ b) >>> 0 >= threshold) mask[i] = factor;
  return mask;
}

/** `length` numbers of a distribution. */
export function draw(distribution: Distribution, length: number, of: Key): Float32Array<ArrayBuffer> {
  if (distribution.of === "uniform") {
    const { low, high } = distribution;
    return uniformValues(of, length).map((value) => low + (high - low) * value);
  }
  const { mean, std } = distribution;
  // A normal follows from more than its own word: a share draws what comes before it, too.
  const before = skipped(of, length);
  const whole = keyFromWords(keyWords(of));
  const values =
    distribution.of === "normal"
      ? normalValues(whole, before + length)
      : truncatedNormalValues(whole, before + length, distribution.bound);
  return values.subarray(before).map((value) => mean + std * value);
}
