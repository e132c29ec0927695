import { bleu } from "./bleu.ts";
import { cider } from "./cider.ts";
import { tokenizeCaption } from "./ptb-tokenizer.ts";
import { rougeL } from "./rouge-l.ts";

/** A generated caption and its references as written, not tokenized. */
export interface CaptionToScore {
  readonly caption: string;
  readonly references: readonly string[];
}

/** The scores of COCO's caption evaluation, without METEOR and SPICE (which need Java models). */
export interface CaptionMetrics {
  readonly Bleu_1: number;
  readonly Bleu_2: number;
  readonly Bleu_3: number;
  readonly Bleu_4: number;
  readonly ROUGE_L: number;
  /** 0 to 10. */
  readonly CIDEr: number;
}

/**
 * Scores captions as pycocoevalcap does: Penn Treebank tokens without punctuation, then BLEU, ROUGE-L, CIDEr.
 * @param captions at least one, each with at least one reference.
 */
export function scoreCaptions(captions: readonly CaptionToScore[]): {
  readonly corpus: CaptionMetrics;
  readonly perImage: readonly CaptionMetrics[];
} {
  const samples = captions.map(({ caption, references }) => ({
    hypothesis: tokenizeCaption(caption),
    references: references.map(tokenizeCaption),
  }));
  const [bleu1, bleu2, bleu3, bleu4] = bleu(samples);
  const scores = {
    Bleu_1: bleu1!,
    Bleu_2: bleu2!,
    Bleu_3: bleu3!,
    Bleu_4: bleu4!,
    ROUGE_L: rougeL(samples),
    CIDEr: cider(samples),
  };
  const take = (value: (score: (typeof scores)[keyof CaptionMetrics]) => number): CaptionMetrics => ({
    Bleu_1: value(scores.Bleu_1),
    Bleu_2: value(scores.Bleu_2),
    Bleu_3: value(scores.Bleu_3),
    Bleu_4: value(scores.Bleu_4),
    ROUGE_L: value(scores.ROUGE_L),
    CIDEr: value(scores.CIDEr),
  });
  return {
    corpus: take((score) => score.corpus),
    perImage: samples.map((_, image) => take((score) => score.perImage[image]!)),
  };
}
