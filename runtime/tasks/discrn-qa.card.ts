import { count, defineCard } from "../card.ts";
import { trainedWith } from "../train/training-defaults.card.ts";
import { answerOptions } from "./answer-options.card.ts";
import { accuracy, select } from "./metric-options.card.ts";

/** LAVIS tasks/vqa.py, DisCRNTask; Panagopoulou et al. 2023. */
export const discrn_qa = defineCard({
  kind: "task",
  name: "discrn_qa",
  implemented: false,
  doc: "Tells which of two inputs of different media fits a question; an answer counts if it names the right one.",
  options: {
    ...answerOptions,
    segments: count({
      doc: "Parts that the candidate answers are ranked in, to save memory.",
      range: { min: 1 },
      default: { value: 1 },
    }),
    select: select(accuracy, "agg_metrics"),
  },
  defaults: trainedWith({ init_lr: 1e-5, max_epoch: 1, batch: [8, 1] }),
  reads: ["text_input", "answers", "instance_id"],
  metrics: accuracy,
});
