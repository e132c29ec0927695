import { defineCard } from "../../card.ts";
import { cropScale, imageOptions, pictures } from "../image-options.card.ts";

/** LAVIS processors/clip_processors.py, ClipImageTrainProcessor. */
export const clip_image_train = defineCard({
  kind: "vis_processor",
  name: "clip_image_train",
  implemented: false,
  doc: "Random crop resized by bicubic interpolation, normalised; nothing is flipped.",
  options: { ...imageOptions(224), ...cropScale(0.9) },
  reads: pictures,
});
