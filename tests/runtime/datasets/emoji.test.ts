import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { normaliseAnswer } from "../../../runtime/datasets/emoji/answers.ts";
import { type BuildEmojiOptions, buildEmoji } from "../../../runtime/datasets/emoji/build.ts";
import type { EmojiSourceFolders } from "../../../runtime/datasets/emoji/sources.ts";
import { wordPieceVocabulary } from "../../../runtime/datasets/emoji/vocabulary.ts";
import { writeEmojiFixture } from "./emoji-fixture.ts";

let folder: string;
let sources: EmojiSourceFolders;
let options: BuildEmojiOptions & { out: string };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lavis-emoji-"));
  sources = writeEmojiFixture(join(folder, "sources"));
  options = { sources, out: join(folder, "emoji"), imageSize: 16, workers: 0 };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function annotation<T>(name: string, out = options.out): T {
  return JSON.parse(readFileSync(join(out, "annotations", name), "utf8")) as T;
}

/** A digest of every annotation file and the vocabulary. */
function digest(out: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(join(out, "annotations")).sort()) {
    hash.update(name).update(readFileSync(join(out, "annotations", name)));
  }
  return hash.update(readFileSync(join(out, "vocab.txt"))).digest("hex");
}

describe("the emoji data set of a few emoji", () => {
  beforeAll(async () => {
    await buildEmoji(options);
  });

  it("has the concepts that at least three styles draw, each picture under one name", async () => {
    const { manifest } = await buildEmoji(options);
    expect(manifest.counts).toMatchObject({ concepts: 6, tonedImages: 4 });
    const test = annotation<{ caption: string[] }[]>("emoji_caption_karpathy_test.json");
    // The man is drawn as the person; the cat has two styles; the territory flies its country's flag.
    expect(test.map(({ caption }) => caption[0])).toEqual([
      "grinning face",
      "person",
      "woman",
      "cow",
      "one o'clock",
      "flag: France",
    ]);
  });

  it("also trains on names alone: each training picture's name, and its name with its subgroup", () => {
    const all = annotation<{ image_id: number; caption: string }[]>("emoji_caption_karpathy_train.json");
    const names = annotation<{ image_id: number; caption: string }[]>("emoji_names_karpathy_train.json");
    expect(new Set(names.map((row) => row.image_id))).toEqual(new Set(all.map((row) => row.image_id)));
    expect(all).toEqual(expect.arrayContaining(names));
    const [first] = names;
    const captions = names.filter((row) => row.image_id === first?.image_id).map(({ caption }) => caption);
    expect(captions).toEqual(["grinning face", "grinning face, face smiling"]);
  });

  it("gives each picture to one split, and one picture of each concept to test", () => {
    const names = ["train", "val", "test"].map(
      (split) =>
        new Set(
          annotation<{ image: string }[]>(`emoji_caption_karpathy_${split}.json`).map(({ image }) => image),
        ),
    );
    const together = names.flatMap((images) => [...images]);
    expect(new Set(together).size).toBe(together.length);
    expect(together).toHaveLength(6 * 4 - 1);
    expect(names[2]?.size).toBe(6);
  });

  it("writes captions from the most natural to the keywords, without repetition", () => {
    const rows = annotation<{ caption: string[] }[]>("emoji_caption_karpathy_test.json");
    expect(rows[0]?.caption).toEqual([
      "grinning face",
      "face, grin, happy",
      "smile",
      "grinning face, face smiling",
    ]);
    expect(rows[3]?.caption).toEqual([
      "cow",
      "cow, standing",
      "animal, moo",
      "beef, ox",
      "cow, animal mammal",
    ]);
    expect(rows[5]?.caption).toEqual(["flag: France", "flag: France, country flag"]);
  });

  it("names images as COCO does, and its ground truth by their numbers", () => {
    const [first] = annotation<{ image: string; image_id: number }[]>("emoji_caption_karpathy_train.json");
    expect(first?.image).toMatch(/^(\w+)\/emoji_\1_\d{12}\.jpg$/);
    expect(Number(first?.image.slice(-16, -4))).toBe(first?.image_id);
    const truth = annotation<{
      images: { id: number }[];
      annotations: { image_id: number; caption: string }[];
    }>("emoji_caption_test_gt.json");
    expect(truth.images).toHaveLength(6);
    const [{ id } = { id: 0 }] = truth.images;
    expect(truth.annotations.filter((one) => one.image_id === id).map(({ caption }) => caption)).toContain(
      "grinning face",
    );
  });

  it("asks what the metadata answers, with ten equal answers as VQA v2", () => {
    const train = annotation<{ question: string; answer: string[]; image: string }[]>("emoji_vqa_train.json");
    const answersTo = (question: string) =>
      new Set(train.filter((row) => row.question === question).flatMap(({ answer }) => answer));
    expect(answersTo("what kind of animal is this?")).toEqual(new Set(["mammal"]));
    expect(answersTo("what time does the clock show?")).toEqual(new Set(["1:00"]));
    expect(answersTo("which country or region has this flag?")).toEqual(new Set(["france"]));
    expect(answersTo("which continent is this flag from?")).toEqual(new Set(["europe"]));
    expect(answersTo("what is the skin tone?")).toEqual(new Set(["medium"]));
    expect(train.every(({ answer }) => answer.length === 10)).toBe(true);

    const questions = annotation<{ questions: { question_id: number }[] }>(
      "OpenEnded_emoji_test_questions.json",
    );
    const answers = annotation<{ annotations: { question_id: number; answers: unknown[] }[] }>(
      "emoji_test_annotations.json",
    );
    expect(answers.annotations.map((one) => one.question_id)).toEqual(
      questions.questions.map((one) => one.question_id),
    );
    expect(answers.annotations[0]?.answers).toHaveLength(10);
    expect(annotation<object[]>("emoji_vqa_test.json")[0]).not.toHaveProperty("answer");
  });

  it("asks of a picture with a skin tone in the split of the same person without", () => {
    const test = annotation<{ question: string; image: string }[]>("emoji_vqa_test.json");
    const women = annotation<{ image: string; caption: string[] }[]>("emoji_caption_karpathy_test.json");
    const heldOut = women.find(({ caption }) => caption[0] === "woman")?.image.split("/")[0];
    const toned = test.filter(({ question }) => question === "what is the skin tone?");
    expect(toned.map(({ image }) => image.split("/")[0])).toEqual([heldOut]);
  });

  it("has JPEG pictures of the asked size, on white", async () => {
    const [{ image } = { image: "" }] = annotation<{ image: string }[]>("emoji_caption_karpathy_test.json");
    const { data, info } = await sharp(join(options.out, "images", image))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 16, height: 16, channels: 3 });
    expect(Math.min(...data.subarray(0, 3))).toBeGreaterThan(245);
  });

  it("has the same bytes whenever it is built", async () => {
    const again = { ...options, out: join(folder, "again") };
    await buildEmoji(again);
    expect(digest(again.out)).toBe(digest(options.out));
    expect(digest(options.out)).toBe("c3a4cfcd39c266bd5d698a933ae01b49f728f9aba3a4f6ccc1b72954e964c55b");
  });

  it("says where its pictures and texts come from", () => {
    const text = readFileSync(join(options.out, "ATTRIBUTION.md"), "utf8");
    for (const licence of ["Apache-2.0", "CC-BY-4.0", "CC-BY-SA-4.0", "MIT", "ODbL-1.0"])
      expect(text).toContain(licence);
  });

  it("is not built again when it is there", async () => {
    const before = statSync(join(options.out, "emoji.json")).mtimeMs;
    await buildEmoji(options);
    expect(statSync(join(options.out, "emoji.json")).mtimeMs).toBe(before);
  });
});

describe("a build", () => {
  it("that was stopped shows nothing, and goes on where it was", async () => {
    const out = join(folder, "stopped");
    const stop = new AbortController();
    const building = buildEmoji({
      ...options,
      out,
      signal: stop.signal,
      onProgress: ({ phase, done }) => phase === "images" && done === 0 && stop.abort(new Error("stopped")),
    });
    await expect(building).rejects.toThrow("stopped");
    expect(existsSync(out)).toBe(false);
    await expect(
      buildEmoji({ ...options, out, imageSize: 32, signal: AbortSignal.abort(new Error("stopped")) }),
    ).rejects.toThrow("stopped");
    const seen: number[] = [];
    await buildEmoji({
      ...options,
      out,
      onProgress: ({ phase, done }) => phase === "images" && seen.push(done),
    });
    expect(seen.at(-1)).toBe(27);
    expect(readdirSync(folder).filter((name) => name.startsWith("stopped"))).toEqual(["stopped"]);
  });

  it("draws the same pictures in threads", async () => {
    const out = join(folder, "threads");
    await buildEmoji({ ...options, out, workers: 2 });
    const [{ image } = { image: "" }] = annotation<{ image: string }[]>("emoji_caption_karpathy_test.json");
    expect(readFileSync(join(out, "images", image))).toEqual(
      readFileSync(join(options.out, "images", image)),
    );
  });

  it("does not touch a folder of the user's", async () => {
    const out = join(folder, "mine");
    mkdirSync(out);
    await expect(buildEmoji({ ...options, out })).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining("holds something else"),
    });
  });

  it("refuses a size that is no picture", async () => {
    await expect(buildEmoji({ ...options, imageSize: 0 })).rejects.toThrow("from 8 to 1024 pixels, not 0");
  });
});

describe("answers are stored as the scorer normalises predictions:", () => {
  it.each([
    ["The Bahamas", "bahamas"],
    ["Côte d’Ivoire", "cote divoire"],
    ["Guinea-Bissau", "guinea bissau"],
    ["Antigua & Barbuda", "antigua and barbuda"],
    ["St. Lucia", "st lucia"],
    ["12:30", "12:30"],
    ["two", "2"],
    ["#", "#"],
  ])("%s as %s", (answer, normal) => {
    expect(normaliseAnswer(answer)).toBe(normal);
  });
});

describe("the vocabulary", () => {
  it("begins with BERT's special tokens in BERT's order, and can write any of the texts", () => {
    const tokens = wordPieceVocabulary(["Café au lait", "a café", "our café", "rare"]);
    expect(tokens.slice(0, 5)).toEqual(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]);
    expect(tokens).toContain("cafe");
    expect(tokens).not.toContain("rare");
    for (const character of "rare") expect(tokens).toContain(`##${character}`);
    expect(new Set(tokens).size).toBe(tokens.length);
  });
});
