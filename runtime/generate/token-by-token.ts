import { fold, type Key, uniformValues } from "../tensor/random.ts";
import {
  checkLengths,
  type Decoder,
  type LengthOptions,
  notFinite,
  rowOf,
  type Sequence,
} from "./decoder.ts";
import {
  applyMinLength,
  applyRepetitionPenalty,
  applyTemperature,
  applyTopK,
  applyTopP,
  softmax,
} from "./logits-processors.ts";

export interface TokenByTokenOptions extends LengthOptions {
  readonly repetition_penalty: number;
  readonly endId: number;
}

/** Takes the likeliest token each time; one sequence per image. @throws UserError as {@link sample}. */
export function greedy(
  decoder: Decoder,
  prompt: readonly number[],
  options: TokenByTokenOptions,
): Sequence[] {
  return write(decoder, prompt, 1, options, argmax);
}

export interface SamplingOptions extends TokenByTokenOptions {
  /** One for each image: draws depend on it, the sequence's number among the image's, and its length so far. */
  readonly keys: readonly Key[];
  readonly temperature: number;
  /** Only the k likeliest tokens are drawn; 0 for all. */
  readonly top_k: number;
  /** Only the likeliest tokens that hold this much of the probability are drawn. */
  readonly top_p: number;
  /** Sequences per image. */
  readonly num_captions: number;
}

/**
 * Draws each token from the distribution, cut by temperature, top-k and top-p in this order (transformers,
 * `sample`). Returns `num_captions` sequences per image, those of one image together.
 * What is written about an image does not depend on the others.
 * @throws UserError when the lengths leave no room, or the decoder's output is not finite.
 */
export function sample(decoder: Decoder, prompt: readonly number[], options: SamplingOptions): Sequence[] {
  const { keys, temperature, top_k, top_p, num_captions } = options;
  if (keys.length !== decoder.numImages)
    throw new RangeError(`sample: ${keys.length} keys for ${decoder.numImages} images`);
  return write(decoder, prompt, num_captions, options, (scores, { image, number, ids }) => {
    applyTemperature(scores, temperature);
    if (top_k > 0) applyTopK(scores, top_k);
    applyTopP(scores, top_p);
    const [u] = uniformValues(fold(fold(keys[image] as Key, ids.length), number), 1);
    return draw(softmax(scores), u as number);
  });
}

/** Chooses the next token of a row (−1: none can be) from its processed scores. */
type Choose = (scores: Float32Array, row: Row) => number;

interface Row {
  readonly image: number;
  /** Among its image's. */
  readonly number: number;
  readonly ids: number[];
  ended: boolean;
}

function write(
  decoder: Decoder,
  prompt: readonly number[],
  rowsPerImage: number,
  options: TokenByTokenOptions,
  choose: Choose,
): Sequence[] {
  checkLengths(prompt, options);
  const images = Array.from({ length: decoder.numImages }, (_, image) =>
    Array.from({ length: rowsPerImage }, (_, number): Row => {
      return { image, number, ids: [...prompt], ended: false };
    }),
  );
  let live = images;
  let scores = decoder.start(prompt, "logits");
  // The start has one row an image, all later steps have rowsPerImage.
  let rowsOfImage = 1;
  for (let length = prompt.length; ; ) {
    const parents: number[] = [];
    const tokens: number[] = [];
    for (const [image, rows] of live.entries()) {
      for (const [i, row] of rows.entries()) {
        const parent = image * rowsOfImage + Math.min(i, rowsOfImage - 1);
        parents.push(parent);
        tokens.push(extend(row, rowOf(scores, parent, decoder.vocabularySize).slice(), options, choose));
      }
    }
    const stays = live.map((rows) => rows.some((row) => !row.ended));
    live = live.filter((_, image) => stays[image]);
    length++;
    if (live.length === 0 || length >= options.max_length) break;
    const kept = (_: number, row: number) => stays[Math.floor(row / rowsPerImage)] as boolean;
    scores = decoder.advance(parents.filter(kept), tokens.filter(kept), "logits");
    rowsOfImage = rowsPerImage;
  }
  return images.flat().map(({ ids }) => ({ ids, score: null }));
}

/** Appends a token to a row that has not ended; returns what the decoder is to be fed. */
function extend(row: Row, scores: Float32Array, options: TokenByTokenOptions, choose: Choose): number {
  // Whatever follows the end is never read; the row only keeps its place beside its image's others.
  if (row.ended) return options.endId;
  applyRepetitionPenalty(scores, row.ids, options.repetition_penalty);
  applyMinLength(scores, row.ids.length, options.min_length, options.endId);
  const token = choose(scores, row);
  if (token < 0) throw notFinite(row.ids.length);
  row.ids.push(token);
  row.ended = token === options.endId;
  return token;
}

/** The first token with the highest score; −1 when none is above −∞. */
function argmax(scores: Float32Array): number {
  let best = -1;
  let highest = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < scores.length; id++) {
    if ((scores[id] as number) > highest) {
      highest = scores[id] as number;
      best = id;
    }
  }
  return best;
}

/** The token at which the running sum of probabilities passes `u` in [0, 1); −1 when they are not numbers. */
function draw(probabilities: Float64Array, u: number): number {
  let sum = 0;
  let last = -1;
  for (let id = 0; id < probabilities.length; id++) {
    const probability = probabilities[id] as number;
    if (!(probability > 0)) continue;
    sum += probability;
    last = id;
    if (u < sum) return id;
  }
  return last;
}
