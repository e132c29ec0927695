import type { ComponentValue } from "../../card.ts";

const processor = (name: string): ComponentValue => ({ name, options: {} });

/** The processors that a model gives to datasets that have none of their own (LAVIS's `preprocess` section). */
export const processedBy = (train: string, evaluation: string, text: string) => ({
  "dataset.vis_processor.train": processor(train),
  "dataset.vis_processor.eval": processor(evaluation),
  "dataset.text_processor.train": processor(text),
  "dataset.text_processor.eval": processor(text),
});

/** The processors of BLIP and ALBEF, with those of captions or of questions. */
export const blipProcessors = (text: "blip_caption" | "blip_question") =>
  processedBy("blip_image_train", "blip_image_eval", text);
