import { count, defineCard } from "../card.ts";
import { trainedWith } from "../train/training-defaults.card.ts";
import { select } from "./metric-options.card.ts";

/** Percent: recall among the first 1, 5 and 10 texts of an image (`txt_`) and images of a text (`img_`), and their means. */
const metrics = {
  r_mean: "higher",
  agg_metrics: "higher",
  txt_r1: "higher",
  txt_r5: "higher",
  txt_r10: "higher",
  txt_r_mean: "higher",
  img_r1: "higher",
  img_r5: "higher",
  img_r10: "higher",
  img_r_mean: "higher",
} as const;

/** Image-text and video-text retrieval (LAVIS tasks/retrieval.py). */
export const retrieval = defineCard({
  kind: "task",
  name: "retrieval",
  implemented: false,
  doc: "Finds the texts of each image and the images of each text, and scores the recall among the first 1, 5 and 10.",
  options: {
    k_test: count({
      doc: "Candidates by contrastive similarity that the matching head ranks again; at most as many as a split has.",
      range: { min: 1 },
    }),
    select: select(
      metrics,
      "r_mean",
      "`agg_metrics` is LAVIS's: the mean of the texts' recalls alone, which leaves the images' out.",
    ),
  },
  defaults: trainedWith({ init_lr: 1e-5, max_epoch: 6, batch: [32, 64] }),
  reads: ["txt2img"],
  metrics,
});
