import { defineCard, oneOf } from "../card.ts";
import { cropScale, imageOptions, pictures } from "./image-options.card.ts";

/** LAVIS processors/blip_processors.py, BlipImageTrainProcessor. */
export const blip_image_train = defineCard({
  kind: "vis_processor",
  name: "blip_image_train",
  doc: "Random crop resized by bicubic interpolation, random flip, RandAugment (2 operations of level 5), normalised.",
  options: {
    ...imageOptions(384),
    ...cropScale(0.5),
    randaugment: oneOf(["original", "mended", "off"], {
      doc: "original: LAVIS's arithmetic, the one that BLIP was trained with, where AutoContrast whitens a channel without black, and Brightness and Sharpness do nothing at this level. mended: all operations do what they are meant to. off: no RandAugment.",
      default: { value: "original" },
    }),
  },
  reads: pictures,
});
