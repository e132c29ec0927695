import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  didYouMean,
  editDistance,
  maxSuggestions,
  oneOfNames,
  slipThreshold,
  someOfNames,
  suggestionsFor,
} from "../../../compiler/diagnostics/index.ts";

const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "_"), maxLength: 9 });

describe("the distance of two words", () => {
  it.each([
    ["", "", 0],
    ["max_len", "max_len", 0],
    ["max_le", "max_len", 1],
    ["mxa_len", "max_len", 1],
    ["man_len", "max_len", 1],
    ["max__len", "max_len", 1],
    ["ca", "abc", 3],
    ["kitten", "sitting", 3],
  ])("of %j and %j is %d", (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it("is the same both ways, zero only for the same word, and no more than the longer word", () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(editDistance(b, a)).toBe(distance);
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });

  it("of one edit is 1", () => {
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom("x", "y"), (text, at, letter) => {
        const index = at % (text.length + 1);
        expect(editDistance(text, text.slice(0, index) + letter + text.slice(index))).toBe(1);
      }),
    );
  });
});

describe("suggestions", () => {
  it("put the nearest first, and leave out what is much farther", () => {
    expect(suggestionsFor("num_beam", ["num_beams", "num_workers", "seed"])).toEqual(["num_beams"]);
  });

  it("see a word that is a part of a name", () => {
    const names = ["batch_size_train", "batch_size_eval", "world_size", "seed"];
    expect(suggestionsFor("batch_size", names)).toEqual(["batch_size_eval", "batch_size_train"]);
  });

  it("do not mind letter case", () => {
    expect(suggestionsFor("cider", ["CIDEr", "Bleu_4"])).toEqual(["CIDEr"]);
  });

  it("are within the threshold, at most five, without the word itself, in one order for any order given", () => {
    fc.assert(
      fc.property(word, fc.uniqueArray(word, { maxLength: 12 }), (wanted, names) => {
        const found = suggestionsFor(wanted, names);
        expect(found.length).toBeLessThanOrEqual(maxSuggestions);
        expect(found).not.toContain(wanted);
        for (const one of found) {
          const isPart = `_${one}_`.includes(`_${wanted}_`);
          expect(isPart || editDistance(wanted, one) <= slipThreshold(wanted.length)).toBe(true);
        }
        expect(suggestionsFor(wanted, [...names].reverse())).toEqual(found);
      }),
    );
  });

  it("are named in a sentence", () => {
    expect(didYouMean([])).toEqual([]);
    expect(didYouMean(["a"])).toEqual(["Did you mean `a`?"]);
    expect(oneOfNames(["a", "b", "c"])).toBe("`a`, `b` or `c`");
    expect(oneOfNames(["a", "b"], "and")).toBe("`a` and `b`");
  });

  it("lists the first of many, and says how many more there are", () => {
    const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
    expect(someOfNames(names(12), "and")).toBe(oneOfNames(names(12), "and"));
    expect(someOfNames(names(104), "and")).toMatch(/^`n0`, .*, `n10` and 93 others$/);
  });
});

describe("suggestions take no time to speak of", () => {
  it("for a very long word, which has none", () => {
    const long = "a".repeat(1_000_000);
    expect(suggestionsFor(long, [`${long}b`])).toEqual([]);
    expect(suggestionsFor("a", [long])).toEqual([]);
  });

  it("among very many names, of which the first ones are looked at", () => {
    let numAsked = 0;
    const names = function* () {
      for (; ; numAsked++) yield numAsked === 3 ? "max_len" : `name_${numAsked}`;
    };
    expect(suggestionsFor("max_le", names())).toEqual(["max_len"]);
    expect(numAsked).toBeLessThanOrEqual(250);
  });

  it("as counting edits ends where there are too many", () => {
    expect(editDistance("kitten", "sitting", 3)).toBe(3);
    expect(editDistance("kitten", "sitting", 2)).toBeGreaterThan(2);
    fc.assert(
      fc.property(word, word, fc.nat(5), (a, b, limit) => {
        const distance = editDistance(a, b);
        const counted = editDistance(a, b, limit);
        if (distance <= limit) expect(counted).toBe(distance);
        else expect(counted).toBeGreaterThan(limit);
      }),
    );
  });
});
