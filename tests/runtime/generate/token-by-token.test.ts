import { describe, expect, test } from "vitest";
import { greedy, type SamplingOptions, sample } from "../../../runtime/generate/token-by-token.ts";
import { fold, type Key, key } from "../../../runtime/tensor/index.ts";
import { BrokenLanguage, TinyLanguage, userErrorOf } from "./tiny-language.ts";

const end = 2;
const prompt = [5, 6];
const lengths = { max_length: 9, min_length: 0, repetition_penalty: 1, endId: end };
const images = Array.from({ length: 12 }, (_, image) => image);
const eager = new Map([[end, 2]]);

describe("greedy decoding", () => {
  test("takes the likeliest token each time, until the end or max_length", () => {
    const language = new TinyLanguage(images, 24, eager);
    for (const [image, { ids, score }] of greedy(language, prompt, lengths).entries()) {
      expect(score).toBeNull();
      for (let i = prompt.length; i < ids.length; i++) {
        const logits = language.logitsAfter(image, ids.slice(0, i));
        expect(ids[i]).toBe(logits.indexOf(Math.max(...logits)));
      }
      expect(ids.indexOf(end) === ids.length - 1 || ids.length === lengths.max_length).toBe(true);
    }
  });

  test("writes about an image the same whatever its batch", () => {
    const together = greedy(new TinyLanguage(images, 24, eager), prompt, lengths);
    for (const image of images) {
      expect(greedy(new TinyLanguage([image], 24, eager), prompt, lengths)).toEqual([together[image]]);
    }
  });

  test("forbids the end before min_length", () => {
    const language = new TinyLanguage(images, 24, new Map([[end, 9]]));
    for (const { ids } of greedy(language, prompt, { ...lengths, min_length: 5 })) {
      expect(ids.indexOf(end)).toBe(5);
    }
  });

  test("says so when the model has diverged", () => {
    expect(userErrorOf(() => greedy(new BrokenLanguage([0]), prompt, lengths)).hint).toContain("diverged");
  });

  test("says so when min_length is above max_length", () => {
    const error = userErrorOf(() => greedy(new TinyLanguage([0]), prompt, { ...lengths, min_length: 10 }));
    expect(error.message).toBe("min_length 10 is above max_length 9");
  });
});

describe("sampling", () => {
  const keysOf = (seed: number): Key[] => images.map((image) => fold(key(seed), image));
  const options: SamplingOptions = {
    ...lengths,
    keys: keysOf(3),
    temperature: 1,
    top_k: 0,
    top_p: 1,
    num_captions: 3,
  };

  test("depends on the keys alone", () => {
    const draw = (seed: number) =>
      sample(new TinyLanguage(images, 24, eager), prompt, { ...options, keys: keysOf(seed) });
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  test("writes about an image the same whatever its batch, and in another way with another key", () => {
    const draw = (some: readonly number[], keys: readonly Key[]) =>
      sample(new TinyLanguage(some, 24, eager), prompt, { ...options, keys });
    const together = draw(images, options.keys);
    for (const image of images)
      expect(draw([image], options.keys.slice(image, image + 1))).toEqual(
        together.slice(3 * image, 3 * image + 3),
      );
    expect(draw([0], [key(4)])).not.toEqual(together.slice(0, 3));
    expect(() => draw([0], options.keys)).toThrow("sample: 12 keys for 1 images");
  });

  test("gives num_captions sequences per image, which differ", () => {
    const sequences = sample(new TinyLanguage(images), prompt, { ...options, min_length: 9 });
    expect(sequences).toHaveLength(3 * images.length);
    for (const image of images) {
      const own = sequences.slice(3 * image, 3 * image + 3).map(({ ids }) => ids.join());
      expect(new Set(own).size).toBe(3);
    }
  });

  test("is greedy with top_k = 1, with a tiny top_p, and with a tiny temperature", () => {
    const expected = greedy(new TinyLanguage(images, 24, eager), prompt, lengths);
    for (const narrow of [{ top_k: 1 }, { top_p: 1e-6 }, { temperature: 1e-4 }]) {
      const sequences = sample(new TinyLanguage(images, 24, eager), prompt, {
        ...options,
        ...narrow,
        num_captions: 1,
      });
      expect(sequences).toEqual(expected);
    }
  });

  test("draws tokens as often as their probability says", () => {
    const language = new TinyLanguage([0], 6);
    const numDraws = 4000;
    const many = { max_length: 3, num_captions: numDraws };
    const sequences = sample(language, prompt, { ...options, ...many, keys: [key(3)] });
    for (let token = 0; token < 6; token++) {
      const wanted = Math.exp(language.logProbability(0, [...prompt, token], prompt.length));
      const share = sequences.filter(({ ids }) => ids[2] === token).length / numDraws;
      expect(Math.abs(share - wanted)).toBeLessThan(4 * Math.sqrt((wanted * (1 - wanted)) / numDraws));
    }
  });

  test("says so when the model has diverged", () => {
    expect(
      userErrorOf(() => sample(new BrokenLanguage([0]), prompt, { ...options, keys: [key(3)] })).message,
    ).toContain("not finite");
  });
});
