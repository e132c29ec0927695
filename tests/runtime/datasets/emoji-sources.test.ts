import { beforeAll, describe, expect, it } from "vitest";
import { type EmojiAnnotations, emojiAnnotations } from "../../../runtime/datasets/emoji/annotations.ts";
import { type Concepts, chooseConcepts } from "../../../runtime/datasets/emoji/concepts.ts";
import { readEmojiMetadata } from "../../../runtime/datasets/emoji/metadata.ts";
import { fetchEmojiSources } from "../../../runtime/datasets/emoji/sources.ts";
import { emoji_caption } from "../../../runtime/datasets/emoji-caption.card.ts";

/** The real packages: from the data cache, or fetched into it. */
describe("the emoji data set of the pinned packages", () => {
  let concepts: Concepts;
  let annotations: EmojiAnnotations;

  beforeAll(async () => {
    const metadata = await readEmojiMetadata(await fetchEmojiSources());
    concepts = chooseConcepts(metadata);
    annotations = emojiAnnotations(concepts, metadata);
  });

  it("has the documented sizes", () => {
    expect(annotations.counts).toEqual({
      concepts: 1876,
      images: { train: 5084, val: 480, test: 1876 },
      tonedImages: 6344,
      captions: { train: 19344, val: 1818, test: 7134 },
      distinctCaptions: 7055,
      questions: { train: 19830, val: 1821, test: 7362 },
      answers: 367,
      classes: 97,
      vocabulary: 2646,
    });
  });

  it("has the samples that its card promises", () => {
    expect(annotations.counts.captions).toEqual(emoji_caption.samples);
  });

  it("knows countries by their own flags", () => {
    const names = new Set(concepts.concepts.map(({ entry }) => entry.name));
    for (const name of ["flag: France", "flag: Spain", "flag: United States", "flag: Norway"]) {
      expect(names).toContain(name);
    }
  });

  it("has no picture under two names", () => {
    const pictures = [...concepts.concepts.flatMap((concept) => concept.pictures), ...concepts.tonedPictures];
    expect(new Set(pictures.map(({ svg }) => svg)).size).toBe(pictures.length);
    expect(new Set(pictures.map(({ file }) => file)).size).toBe(pictures.length);
  });

  it("cannot be answered well from the questions alone", () => {
    const rows = JSON.parse(annotations.files.get("annotations/emoji_vqa_train.json")!) as {
      question: string;
      answer: string[];
    }[];
    const counts = new Map<string, Map<string, number>>();
    for (const { question, answer } of rows) {
      const answers = counts.get(question) ?? new Map<string, number>();
      counts.set(question, answers.set(answer[0]!, (answers.get(answer[0]!) ?? 0) + 1));
    }
    const right = [...counts.values()].reduce((sum, answers) => sum + Math.max(...answers.values()), 0);
    expect(right / rows.length).toBeLessThan(0.4);
  });
});
