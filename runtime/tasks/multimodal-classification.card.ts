import { count, defineCard } from "../card.ts";
import { trainedWith } from "../train/training-defaults.card.ts";
import { generatedLength, lengthPenalty } from "./generation-options.card.ts";
import { accuracy, select } from "./metric-options.card.ts";

/** Classification, by a classifier or by a generated name of a class (LAVIS tasks/multimodal_classification.py). */
export const multimodal_classification = defineCard({
  kind: "task",
  name: "multimodal_classification",
  implemented: false,
  doc: "Classifies each sample and scores the accuracy: visual entailment, reasoning about pairs of images, video questions, zero-shot classes.",
  options: {
    ...generatedLength("name of a class", 30, 1),
    length_penalty: lengthPenalty(-1),
    segments: count({
      doc: "Parts that the candidate classes are ranked in, to save memory.",
      range: { min: 1 },
      default: { value: 1 },
    }),
    select: select(accuracy, "agg_metrics"),
  },
  defaults: trainedWith({ init_lr: 2e-5, max_epoch: 10, batch: [32, 64] }),
  reads: ["label", "instance_id"],
  metrics: accuracy,
});
