import { defineCard } from "../card.ts";

/** Nothing is evaluated, so no split is. */
const notEvaluated = { "run.valid_splits": [], "run.test_splits": [] } as const;

/** LAVIS tasks/image_text_pretrain.py. */
export const image_text_pretrain = defineCard({
  kind: "task",
  name: "image_text_pretrain",
  implemented: false,
  doc: "Pre-trains on images with texts, from nothing unless weights are asked for. Nothing is evaluated; the checkpoints are the result.",
  options: {},
  defaults: { ...notEvaluated, "model.load_pretrained": false },
});

/** LAVIS tasks/text_to_image_generation.py. */
export const text_to_image_generation = defineCard({
  kind: "task",
  name: "text_to_image_generation",
  lavisName: "text-to-image-generation",
  implemented: false,
  doc: "Learns to draw a subject from a few pictures of it and a text. Nothing is evaluated; the checkpoints are the result.",
  options: {},
  defaults: notEvaluated,
});
