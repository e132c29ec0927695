import { defineCard, oneOf, ratio } from "../card.ts";
import { imageOptions } from "./image-options.card.ts";

/** LAVIS processors/blip_processors.py, BlipImageTrainProcessor. */
export const blip_image_train = defineCard({
  kind: "vis_processor",
  name: "blip_image_train",
  doc: "Random crop resized by bicubic interpolation, random flip, RandAugment (2 operations of level 5), normalised.",
  options: {
    ...imageOptions,
    min_scale: ratio({
      doc: "Smallest share of the image's area that the crop covers.",
      range: { above: 0 },
      default: { value: 0.5 },
    }),
    max_scale: ratio({
      doc: "Largest share of the image's area that the crop covers.",
      range: { above: 0 },
      default: { value: 1.0 },
    }),
    randaugment: oneOf(["original", "mended", "off"], {
      doc: "original: LAVIS's arithmetic, the one that BLIP was trained with, where AutoContrast whitens a channel without black, and Brightness and Sharpness do nothing at this level. mended: all operations do what they are meant to. off: no RandAugment.",
      default: { value: "original" },
    }),
  },
});
