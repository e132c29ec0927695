import { defineCard, oneOf } from "../card.ts";
import { trainedWith } from "../train/training-defaults.card.ts";
import { answerOptions } from "./answer-options.card.ts";
import { select } from "./metric-options.card.ts";

/** Percent: over all questions, and over those of each type of answer in VQA v2. */
const metrics = { agg_metrics: "higher", yes_no: "higher", number: "higher", other: "higher" } as const;

/** Visual question answering (LAVIS tasks/vqa.py, VQATask; Goyal et al. 2017). */
export const vqa = defineCard({
  kind: "task",
  name: "vqa",
  implemented: false,
  doc: "Answers a question about each image and scores it against the answers of several people, as VQA v2 does.",
  options: {
    ...answerOptions,
    accuracy: oneOf(["consensus", "exact"], {
      doc: "consensus: VQA's, where an answer counts in full if three others of ten people gave it. exact: it counts if somebody gave it. A dataset with one answer for each question needs `exact`: by consensus it scores 0.",
      default: { value: "consensus" },
    }),
    select: select(metrics, "agg_metrics"),
  },
  defaults: trainedWith({ init_lr: 2e-5, max_epoch: 10, batch: [16, 64] }),
  reads: ["text_input", "question_id"],
  metrics,
});
