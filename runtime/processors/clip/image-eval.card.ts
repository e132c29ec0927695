import { defineCard } from "../../card.ts";
import { imageOptions, pictures } from "../image-options.card.ts";

/** LAVIS processors/clip_processors.py, ClipImageEvalProcessor. */
export const clip_image_eval = defineCard({
  kind: "vis_processor",
  name: "clip_image_eval",
  implemented: false,
  doc: "Resizes the shorter side by bicubic interpolation, cuts the square in the middle out, and normalises.",
  options: imageOptions(224),
  reads: pictures,
});
