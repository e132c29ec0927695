import { UserError } from "../errors.ts";

/** What the numbers of a {@link Decoder} are. */
export type TokenScores = "logits" | "logProbabilities";

/**
 * A language model in the middle of writing, one sequence a row. The rows of one image stand together, and
 * every image has equally many. It keeps what the tokens so far have left behind (keys and values).
 */
export interface Decoder {
  readonly numImages: number;
  readonly vocabularySize: number;
  /** Starts one row per image with the same tokens. Returns the scores of the next token, [numImages, V]. */
  start(prompt: readonly number[], scores: TokenScores): Float32Array;
  /**
   * Makes the next rows: row r is row `parents[r]` of before with `tokens[r]` appended. Images whose rows are
   * nobody's parents are dropped. Returns the scores of the next token, [rows, V].
   */
  advance(parents: readonly number[], tokens: readonly number[], scores: TokenScores): Float32Array;
}

/** Lengths count tokens of the whole sequence, the prompt included (LAVIS, blip_caption.py `generate`). */
export interface LengthOptions {
  readonly max_length: number;
  /** The end of the sequence is forbidden while it is shorter than this. */
  readonly min_length: number;
}

/** A written sequence: the prompt, the new tokens, and the end token if it was written. */
export interface Sequence {
  readonly ids: readonly number[];
  /** Sum of log probabilities over a power of the length; only beam search has one. */
  readonly score: number | null;
}

/** Requires room for at least one new token. @throws UserError */
export function checkLengths(prompt: readonly number[], options: LengthOptions): void {
  const { max_length, min_length } = options;
  if (max_length <= prompt.length) {
    throw new UserError(
      `max_length ${max_length} leaves no room for a caption: the prompt alone is ${prompt.length} tokens`,
      "raise the task's max_len, which counts the prompt",
    );
  }
  if (min_length > max_length) {
    throw new UserError(
      `min_length ${min_length} is above max_length ${max_length}`,
      "lower the task's min_len",
    );
  }
}

/** Row `index` of scores [rows, V], sharing their memory. */
export function rowOf(scores: Float32Array, index: number, vocabularySize: number): Float32Array {
  return scores.subarray(index * vocabularySize, (index + 1) * vocabularySize);
}

/** What to tell when no token can be chosen. */
export function notFinite(length: number): UserError {
  return new UserError(
    `the model's output after ${length} tokens is not finite, so no token can be chosen`,
    "its weights have diverged: take an earlier checkpoint or lower the learning rate",
  );
}
