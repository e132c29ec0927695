import { defineCard } from "../card.ts";
import { trainedWith } from "../train/training-defaults.card.ts";
import { answerOptions } from "./answer-options.card.ts";
import { accuracy, select } from "./metric-options.card.ts";

/** LAVIS tasks/vqa.py, AOKVQATask; Schwenk et al. 2022. */
export const aok_vqa = defineCard({
  kind: "task",
  name: "aok_vqa",
  implemented: false,
  doc: "Answers a question about each image that takes outside knowledge, scored against direct answers.",
  options: {
    ...answerOptions,
    select: select(accuracy, "agg_metrics"),
  },
  defaults: trainedWith({ init_lr: 2e-5, max_epoch: 7, batch: [16, 16] }),
  reads: ["text_input", "question_id"],
  metrics: accuracy,
});
