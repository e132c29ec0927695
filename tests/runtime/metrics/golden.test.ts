import { describe, expect, it } from "vitest";
import { bleu } from "../../../runtime/metrics/bleu.ts";
import { type CaptionMetrics, scoreCaptions } from "../../../runtime/metrics/captions.ts";
import { cider } from "../../../runtime/metrics/cider.ts";
import { ptbTokens, tokenizeCaption } from "../../../runtime/metrics/ptb-tokenizer.ts";
import { rougeL } from "../../../runtime/metrics/rouge-l.ts";
import type { CaptionSample } from "../../../runtime/metrics/sample.ts";
import { goldenJson } from "../../golden.ts";

const names = ["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4", "ROUGE_L", "CIDEr"] as const;
type PerImage = CaptionMetrics & { readonly image_id: number };

interface Coco {
  readonly annotations: readonly { readonly image_id: number; readonly caption: string }[];
}

describe("Penn Treebank tokens equal Stanford's", () => {
  const { strings, raw, tokenized } = goldenJson<Record<"strings" | "raw" | "tokenized", string[]>>(
    "metrics_ptb",
    "ptb.json",
  );

  it("token by token", () => {
    expect(strings.map((text) => ptbTokens(text.replaceAll("\n", " ")).join(" "))).toEqual(raw);
  });

  it("without punctuation, as COCO scores them", () => {
    expect(strings.map(tokenizeCaption)).toEqual(tokenized);
  });
});

describe("a whole COCO evaluation of raw captions", () => {
  const results = goldenJson<{ image_id: number; caption: string }[]>("metrics_ptb", "results.json");
  const { annotations } = goldenJson<Coco>("metrics_ptb", "coco_gt.json");
  const golden = goldenJson<{
    scores: CaptionMetrics;
    per_image: PerImage[];
    tokenized_gts: Record<string, string[]>;
  }>("metrics_ptb", "coco_scores.json");
  const references = new Map<number, string[]>();
  for (const { image_id, caption } of annotations)
    references.set(image_id, [...(references.get(image_id) ?? []), caption]);
  const byImage = new Map(results.map(({ image_id, caption }) => [image_id, caption]));
  const captions = golden.per_image.map(({ image_id }) => ({
    caption: byImage.get(image_id)!,
    references: references.get(image_id)!,
  }));

  it("tokenizes the references alike", () => {
    for (const [image, captions] of Object.entries(golden.tokenized_gts))
      expect(references.get(Number(image))?.map(tokenizeCaption)).toEqual(captions);
  });

  it("scores the set and each image to 1e-6", () => {
    const { corpus, perImage } = scoreCaptions(captions);
    for (const name of names) {
      expect(Math.abs(corpus[name] - golden.scores[name]), name).toBeLessThan(1e-6);
      for (const [index, image] of golden.per_image.entries())
        expect(Math.abs(perImage[index]![name] - image[name]), `${name} of ${image.image_id}`).toBeLessThan(
          1e-6,
        );
    }
  });
});

describe("metrics of tokenized captions", () => {
  const golden = goldenJson<{
    references: Record<string, string[]>;
    hypotheses: Record<string, [string]>;
    scores: CaptionMetrics;
    per_image: PerImage[];
    first10: CaptionMetrics;
  }>("metrics_caption", "metrics_caption.json");
  const samples: CaptionSample[] = golden.per_image.map(({ image_id }) => ({
    hypothesis: golden.hypotheses[image_id]![0],
    references: golden.references[image_id]!,
  }));
  const score = (samples: readonly CaptionSample[]) => [...bleu(samples), rougeL(samples), cider(samples)];

  it("equal the original's on the set and on each image to 1e-6", () => {
    for (const [index, { corpus, perImage }] of score(samples).entries()) {
      const name = names[index]!;
      expect(Math.abs(corpus - golden.scores[name]), name).toBeLessThan(1e-6);
      for (const [at, image] of golden.per_image.entries())
        expect(Math.abs(perImage[at]! - image[name]), `${name} of ${image.image_id}`).toBeLessThan(1e-6);
    }
  });

  it("take document frequencies from the images scored: ten alone differ", () => {
    for (const [index, { corpus }] of score(samples.slice(0, 10)).entries())
      expect(Math.abs(corpus - golden.first10[names[index]!]), names[index]).toBeLessThan(1e-6);
  });
});
