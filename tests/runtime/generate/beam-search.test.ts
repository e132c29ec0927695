import { describe, expect, test } from "vitest";
import { type BeamSearchOptions, beamSearch } from "../../../runtime/generate/beam-search.ts";
import type { Decoder } from "../../../runtime/generate/decoder.ts";
import { greedy } from "../../../runtime/generate/token-by-token.ts";
import { BrokenLanguage, TinyLanguage, userErrorOf } from "./tiny-language.ts";

const end = 2;
const prompt = [5, 6];
const options: BeamSearchOptions = {
  num_beams: 4,
  max_length: 9,
  min_length: 0,
  repetition_penalty: 1,
  length_penalty: 1,
  endId: end,
};
const images = Array.from({ length: 12 }, (_, image) => image);
/** Makes ends likely, so that searches stop at many lengths. */
const eager = new Map([[end, 2]]);

describe("beam search", () => {
  test("scores a sequence by its log probability over its length without the end", () => {
    const language = new TinyLanguage(images, 24, eager);
    for (const [image, { ids, score }] of beamSearch(language, prompt, options).entries()) {
      const length = ids.at(-1) === end ? ids.length - 1 : ids.length;
      expect(score).toBeCloseTo(language.logProbability(image, ids, prompt.length) / length, 5);
    }
  });

  test("finds sequences that are as good as the greedy ones, and better ones", () => {
    const language = new TinyLanguage(images);
    // With a forbidden end all have the same length, so log probabilities compare.
    const fixed = { ...options, min_length: options.max_length };
    const sum = (sequences: readonly { readonly ids: readonly number[] }[]) =>
      sequences.map(({ ids }, image) => language.logProbability(image, ids, prompt.length));
    const searched = sum(beamSearch(language, prompt, fixed));
    const greedily = sum(greedy(language, prompt, fixed));
    const wins = searched.filter((score, image) => score > greedily[image]! + 1e-4).length;
    const losses = searched.filter((score, image) => score < greedily[image]! - 1e-4).length;
    expect(wins).toBeGreaterThan(images.length / 2);
    expect(losses).toBeLessThan(wins / 2);
  });

  test("finds the best sequence of two tokens when it keeps every first token", () => {
    const language = new TinyLanguage([7], 24);
    // Half of the vocabulary as beams, so that the best continuation of each good start is seen.
    const [found] = beamSearch(language, prompt, { ...options, num_beams: 12, max_length: 4, min_length: 4 });
    let best = Number.NEGATIVE_INFINITY;
    for (let a = 0; a < 24; a++) {
      for (let b = 0; b < 24; b++) {
        if (a === end || b === end) continue;
        best = Math.max(best, language.logProbability(7, [...prompt, a, b], prompt.length));
      }
    }
    expect(found!.score).toBeCloseTo(best / 4, 5);
  });

  test("writes about an image the same whatever its batch", () => {
    const together = beamSearch(new TinyLanguage(images, 24, eager), prompt, options);
    for (const image of images) {
      expect(beamSearch(new TinyLanguage([image], 24, eager), prompt, options)).toEqual([together[image]]);
    }
  });

  test("is done when no open beam is better at the present length, though one would be later", () => {
    // Log probabilities of the tokens 0, 1, 2 and the end, 3, after each number of new tokens, by the last one.
    const likely: readonly number[] = [-9, -9, -9, -0.1];
    const rows: readonly Readonly<Record<number, readonly number[]>>[] = [
      { 0: [-9, -1.2, -3, -1] },
      { 1: [-9, -1, -1.3, -0.9], 2: [-9, -9, -9, -9] },
      { 1: likely, 2: likely },
    ];
    let length = 0;
    const advance = (tokens: readonly number[]): Float32Array => {
      const row = rows[length++]!;
      return Float32Array.from(tokens.flatMap((token) => row[token]!));
    };
    const decoder: Decoder = {
      numImages: 1,
      vocabularySize: 4,
      start: advance,
      advance: (_, tokens) => advance(tokens),
    };
    // [0, 3] scores −1 / 1, [0, 1, 3] −2.1 / 2, as much as an open beam can now. [0, 1, 1, 3]: −2.3 / 3.
    const [found] = beamSearch(decoder, [0], { ...options, num_beams: 2, endId: 3 });
    expect(found).toEqual({ ids: [0, 3], score: -1 });
    expect(length).toBe(2);
  });

  test("stops feeding images that are done", () => {
    const language = new TinyLanguage(images, 24, new Map([[end, 3]]));
    beamSearch(language, prompt, { ...options, max_length: 20 });
    expect(language.fed[0]).toBe(images.length * options.num_beams);
    expect(language.fed.at(-1)!).toBeLessThan(language.fed[0]!);
  });

  test("forbids the end before min_length, prompt counted", () => {
    for (const min_length of [4, 6]) {
      const language = new TinyLanguage(images, 24, new Map([[end, 6]]));
      for (const { ids } of beamSearch(language, prompt, { ...options, min_length })) {
        expect(ids.slice(0, min_length)).not.toContain(end);
        expect(ids.length).toBeGreaterThanOrEqual(min_length);
      }
    }
  });

  test("ends at max_length, prompt counted, without an end token when it was cut off", () => {
    const language = new TinyLanguage(images, 24, new Map([[end, -20]]));
    for (const { ids } of beamSearch(language, prompt, options)) {
      expect(ids).toHaveLength(options.max_length);
      expect(ids).not.toContain(end);
    }
  });

  test("prefers longer sequences with a larger length_penalty", () => {
    const lengthOf = (length_penalty: number) =>
      beamSearch(new TinyLanguage(images, 24, eager), prompt, { ...options, length_penalty })
        .map(({ ids }) => ids.length)
        .reduce((a, b) => a + b);
    expect(lengthOf(2)).toBeGreaterThan(lengthOf(0));
  });

  test("repeats less with a repetition_penalty", () => {
    const chatty = new Map([[9, 4]]);
    const repeats = (repetition_penalty: number) =>
      beamSearch(new TinyLanguage(images, 24, chatty), prompt, { ...options, repetition_penalty })
        .map(({ ids }) => ids.length - new Set(ids).size)
        .reduce((a, b) => a + b);
    expect(repeats(10)).toBeLessThan(repeats(1) / 2);
  });

  test("says so when there is no room for a new token", () => {
    const error = userErrorOf(() => beamSearch(new TinyLanguage([0]), prompt, { ...options, max_length: 2 }));
    expect(error.message).toContain("max_length 2 leaves no room");
    expect(error.hint).toContain("max_len");
  });

  test("says so when the vocabulary is too small for the beams", () => {
    const error = userErrorOf(() => beamSearch(new TinyLanguage([0], 7), prompt, options));
    expect(error.message).toBe("num_beams 4 needs 8 candidates, the vocabulary has 7");
  });

  test("says so when the model has diverged", () => {
    const error = userErrorOf(() => beamSearch(new BrokenLanguage([0]), prompt, options));
    expect(error.message).toContain("after 2 tokens is not finite");
  });
});
