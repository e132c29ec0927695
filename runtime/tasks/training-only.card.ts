import { defineCard } from "../card.ts";
import { trainedWith } from "../train/training-defaults.card.ts";

/** Nothing is evaluated, so no split is. */
const notEvaluated = { "run.valid_splits": [], "run.test_splits": [] } as const;

/** LAVIS tasks/image_text_pretrain.py. */
export const image_text_pretrain = defineCard({
  kind: "task",
  name: "image_text_pretrain",
  implemented: false,
  doc: "Pre-trains on images with texts, from nothing unless weights are asked for. Nothing is evaluated; the checkpoints are the result.",
  options: {},
  defaults: {
    ...trainedWith({ init_lr: 3e-4, min_lr: 1e-6, max_epoch: 20, batch: [64, 64] }),
    ...notEvaluated,
    "model.load_pretrained": false,
  },
});

/** LAVIS tasks/text_to_image_generation.py. */
export const text_to_image_generation = defineCard({
  kind: "task",
  name: "text_to_image_generation",
  lavisName: "text-to-image-generation",
  implemented: false,
  doc: "Learns to draw a subject from a few pictures of it and a text. Nothing is evaluated; the checkpoints are the result.",
  options: {},
  defaults: { ...trainedWith({ init_lr: 5e-6, max_epoch: 1, batch: [3, 1] }), ...notEvaluated },
});
