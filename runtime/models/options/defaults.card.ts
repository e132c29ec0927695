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

/** How LAVIS's own configuration trains a variant; batch sizes are those of one process. */
export interface Training {
  readonly init_lr: number;
  readonly min_lr?: number;
  readonly warmup_lr?: number;
  readonly warmup_steps?: number;
  readonly max_epoch: number;
  readonly weight_decay?: number;
  /** Samples in a batch of training, and of evaluation. */
  readonly batch: readonly [train: number, evaluation: number];
}

/** A variant's training as defaults of the other sections. */
export function trainedWith({ max_epoch, weight_decay, batch, ...rates }: Training) {
  const schedule = Object.entries(rates).map(([key, value]) => [`schedule.${key}`, value]);
  return {
    ...Object.fromEntries(schedule),
    "schedule.max_epoch": max_epoch,
    ...(weight_decay !== undefined && { "optimizer.weight_decay": weight_decay }),
    "run.batch_size_train": batch[0],
    "run.batch_size_eval": batch[1],
  };
}
