import { defineCard } from "../card.ts";
import { imageOptions, pictures } from "./image-options.card.ts";

/** LAVIS processors/blip_processors.py, BlipImageEvalProcessor. */
export const blip_image_eval = defineCard({
  kind: "vis_processor",
  name: "blip_image_eval",
  doc: "Resizes to a square by bicubic interpolation (the aspect ratio is not kept) and normalises.",
  options: imageOptions(384),
  reads: pictures,
});
