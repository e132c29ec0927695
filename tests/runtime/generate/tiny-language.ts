import { UserError } from "../../../runtime/errors.ts";
import type { Decoder, TokenScores } from "../../../runtime/generate/decoder.ts";

/**
 * A language without a model: the logits after a sequence are a hash of it and of its image. It fails when it
 * is driven in a way that a real decoder could not follow.
 */
export class TinyLanguage implements Decoder {
  readonly numImages: number;
  readonly vocabularySize: number;
  /** Calls of `advance`, and the rows that they fed. */
  readonly fed: number[] = [];
  readonly #images: readonly number[];
  readonly #bias: ReadonlyMap<number, number>;
  #rows: { image: number; ids: readonly number[] }[] = [];

  /** `bias` is added to tokens' logits. */
  constructor(images: readonly number[], vocabularySize = 24, bias: ReadonlyMap<number, number> = new Map()) {
    this.#images = images;
    this.numImages = images.length;
    this.vocabularySize = vocabularySize;
    this.#bias = bias;
  }

  start(prompt: readonly number[], scores: TokenScores): Float32Array {
    this.#rows = this.#images.map((image) => ({ image, ids: prompt }));
    return this.#scores(scores);
  }

  advance(parents: readonly number[], tokens: readonly number[], scores: TokenScores): Float32Array {
    if (parents.length !== tokens.length) throw new Error("parents and tokens differ in number");
    this.#rows = parents.map((parent, row) => {
      const before = this.#rows[parent];
      if (!before) throw new Error(`row ${row} continues row ${parent}, which is not there`);
      return { image: before.image, ids: [...before.ids, tokens[row]!] };
    });
    this.fed.push(parents.length);
    this.#checkGroups();
    return this.#scores(scores);
  }

  /** Rows of an image stand together, and all images have equally many. */
  #checkGroups(): void {
    const runs: { image: number; length: number }[] = [];
    for (const { image } of this.#rows) {
      const last = runs.at(-1);
      if (last?.image === image) last.length++;
      else runs.push({ image, length: 1 });
    }
    if (new Set(runs.map((run) => run.image)).size !== runs.length)
      throw new Error("an image's rows are torn");
    if (new Set(runs.map((run) => run.length)).size > 1)
      throw new Error("images have unequal numbers of rows");
  }

  #scores(scores: TokenScores): Float32Array {
    const result = new Float32Array(this.#rows.length * this.vocabularySize);
    for (const [row, { image, ids }] of this.#rows.entries()) {
      const logits = this.logitsAfter(image, ids);
      result.set(scores === "logits" ? logits : logProbabilities(logits), row * this.vocabularySize);
    }
    return result;
  }

  logitsAfter(image: number, ids: readonly number[]): number[] {
    return Array.from({ length: this.vocabularySize }, (_, token) => {
      let hash = 0x9e3779b9 ^ image;
      for (const id of [...ids, token]) hash = Math.imul(hash ^ (id + 1), 0x85ebca6b) ^ (hash >>> 13);
      return 3 * Math.sin(hash) + (this.#bias.get(token) ?? 0);
    });
  }

  /** Σ log p of the tokens after the prompt. */
  logProbability(image: number, ids: readonly number[], promptLength: number): number {
    let sum = 0;
    for (let i = promptLength; i < ids.length; i++) {
      sum += logProbabilities(this.logitsAfter(image, ids.slice(0, i)))[ids[i]!]!;
    }
    return sum;
  }
}

/** A decoder that has diverged. */
export class BrokenLanguage extends TinyLanguage {
  override logitsAfter(): number[] {
    return new Array<number>(this.vocabularySize).fill(Number.NaN);
  }
}

function logProbabilities(logits: readonly number[]): number[] {
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return logits.map((logit) => logit - total);
}

/** What `body` throws. */
export function userErrorOf(body: () => unknown): UserError {
  try {
    body();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
