import type { Card } from "../../card.ts";
import { trainedWith } from "../../train/training-defaults.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import {
  blip2Encoders,
  blip2PatchSize,
  blip2Weights,
  languagePrompt,
  lemmatizer,
  unfrozen,
} from "./blip2-options.card.ts";

/** LAVIS's caption processors put the prompt before each caption; the language model's own has no space at its end. */
const captions = { name: "blip_caption", options: { prompt: "a photo of " } } as const;

const captioning = {
  ...trainedWith({ init_lr: 1e-5, warmup_lr: 1e-8, warmup_steps: 1000, max_epoch: 5, batch: [16, 8] }),
  "dataset.text_processor.train": captions,
};

/** How LAVIS trains the second stage. */
export const secondStageTraining = trainedWith({
  init_lr: 1e-4,
  min_lr: 1e-5,
  warmup_lr: 1e-6,
  warmup_steps: 2000,
  max_epoch: 10,
  batch: [64, 64],
});

/** What the models of BLIP-2's second stage share beside their options. */
export const secondStage = {
  kind: "model",
  implemented: false,
  patchSize: blip2PatchSize,
  defaults: blipProcessors("blip_caption"),
  tasks: ["captioning", "vqa", "gqa", "aok_vqa", "image_text_pretrain"],
  reads: ["image", "text_input"],
} as const satisfies Partial<Card>;

/** Their options, around the language model's own. */
export const secondStageOptions = <const L extends object>(languageModel: L) =>
  ({
    ...blip2Encoders,
    ...languageModel,
    prompt: languagePrompt,
    max_txt_len: maxTextLength(32, "text"),
    ...lemmatizer,
  }) as const;

/** A variant that is fine-tuned for COCO captions, from `pretrained`. */
export const captionVariant = <const O extends object>(
  doc: string,
  pretrained: string,
  finetuned: string,
  more: O,
) =>
  ({
    doc,
    options: {
      ...unfrozen,
      ...more,
      prompt: "a photo of",
      pretrained: blip2Weights(pretrained),
      finetuned: blip2Weights(finetuned),
    },
    defaults: captioning,
  }) as const;
