import { describe, expect, it } from "vitest";
import { bleu } from "../../../runtime/metrics/bleu.ts";
import { scoreCaptions } from "../../../runtime/metrics/captions.ts";
import { cider } from "../../../runtime/metrics/cider.ts";
import { bestConstantCaption } from "../../../runtime/metrics/constant-caption.ts";
import { rougeL } from "../../../runtime/metrics/rouge-l.ts";

const sample = (hypothesis: string, ...references: string[]) => ({ hypothesis, references });

describe("BLEU", () => {
  it("is 1 for a reference's own words and near 0 for others", () => {
    const [, , , four] = bleu([sample("a b c d", "x y", "a b c d"), sample("p q r s", "k l m n")]);
    expect(four!.perImage[0]).toBeCloseTo(1, 6);
    expect(four!.perImage[1]).toBeLessThan(1e-6);
  });

  it("clips repeated words to what a reference has", () => {
    const [one] = bleu([sample("the the the the", "the cat sat the")]);
    expect(one!.corpus).toBeCloseTo(0.5, 6);
  });

  it("punishes short captions by the closest reference, the shorter of two equally close", () => {
    const [one] = bleu([sample("a b c", "a b", "a b c d")]);
    expect(one!.corpus).toBeCloseTo(1, 6);
    const [short] = bleu([sample("a b", "a b c d")]);
    expect(short!.corpus).toBeCloseTo(Math.exp(1 - 4 / 2), 6);
  });

  it("gives an empty caption a score, not NaN", () => {
    for (const { corpus } of bleu([sample("", "a b")])) expect(corpus).toBe(0);
  });
});

describe("ROUGE-L", () => {
  it("follows the longest common subsequence, gaps allowed", () => {
    const precision = 3 / 3;
    const recall = 3 / 4;
    expect(rougeL([sample("a c d", "a b c d")]).corpus).toBeCloseTo(
      ((1 + 1.44) * precision * recall) / (recall + 1.44 * precision),
      12,
    );
  });

  it("is 0 without a common word and for an empty caption", () => {
    expect(rougeL([sample("x", "a b"), sample("", "a")]).perImage).toEqual([0, 0]);
  });
});

describe("CIDEr", () => {
  it("is 10 for captions equal to their only, distinct references", () => {
    const captions = ["a red bus in town", "two dogs play with sticks", "one man rides the waves"];
    expect(cider(captions.map((caption) => sample(caption, caption))).corpus).toBeCloseTo(10, 9);
  });

  it("counts words that every image has as nothing", () => {
    const { perImage } = cider([sample("a", "a b"), sample("a", "a c")]);
    expect(perImage).toEqual([0, 0]);
  });

  it("is 0 for one image alone, where every word is common", () => {
    expect(cider([sample("a b", "a b")]).corpus).toBe(0);
  });
});

describe("the best constant caption", () => {
  const words = ["red", "blue", "dog", "cat", "sits", "runs", "on", "the", "grass", "car"];
  let state = 7;
  const draw = (n: number) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state % n;
  };
  const caption = () => Array.from({ length: 3 + draw(6) }, () => words[draw(words.length)]).join(" ");
  const references = Array.from({ length: 40 }, () => Array.from({ length: 1 + draw(4) }, caption));

  it("is the one that scores most of all candidates, with its CIDEr", () => {
    const candidates = [...references.flat(), "A red dog."];
    const scores = candidates.map(
      (caption) => scoreCaptions(references.map((references) => ({ caption, references }))).corpus.CIDEr,
    );
    const best = bestConstantCaption(candidates, references);
    expect(best?.CIDEr).toBeCloseTo(Math.max(...scores), 9);
    expect(best?.caption).toBe(candidates[scores.indexOf(Math.max(...scores))]);
  });

  it("is the caption as given, not its tokens", () => {
    expect(bestConstantCaption(["A red Dog!"], references)?.caption).toBe("A red Dog!");
  });

  it("is undefined without candidates or images", () => {
    expect(bestConstantCaption([], references)).toBeUndefined();
    expect(bestConstantCaption(["a"], [])).toBeUndefined();
  });
});
