import { defineCard } from "../card.ts";
import { cropScale, imageOptions, pictures } from "./image-options.card.ts";

/** LAVIS processors/blip_processors.py, Blip2ImageTrainProcessor. */
export const blip2_image_train = defineCard({
  kind: "vis_processor",
  name: "blip2_image_train",
  implemented: false,
  doc: "Random crop resized by bicubic interpolation and random flip, normalised: `blip_image_train` without RandAugment.",
  options: { ...imageOptions(364), ...cropScale(0.5) },
  reads: pictures,
});
