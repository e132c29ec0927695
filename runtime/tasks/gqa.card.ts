import { defineCard } from "../card.ts";
import { trainedWith } from "../train/training-defaults.card.ts";
import { answerOptions } from "./answer-options.card.ts";
import { accuracy, select } from "./metric-options.card.ts";

/** LAVIS tasks/vqa.py, GQATask; Hudson and Manning 2019. */
export const gqa = defineCard({
  kind: "task",
  name: "gqa",
  implemented: false,
  doc: "Answers a question about each image; an answer counts if it equals the annotated one after normalisation.",
  options: {
    ...answerOptions,
    select: select(accuracy, "agg_metrics"),
  },
  defaults: trainedWith({ init_lr: 2e-5, max_epoch: 10, batch: [16, 64] }),
  reads: ["text_input", "answers", "instance_id"],
  metrics: accuracy,
});
