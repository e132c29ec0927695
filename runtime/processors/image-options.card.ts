import { count, listOf, number } from "../card.ts";

const channel = number({ doc: "One number for each of red, green, blue." });

/** The options that all of LAVIS's BLIP image processors share (processors/blip_processors.py). */
export const imageOptions = {
  image_size: count({
    doc: "Height and width of the result.",
    dimension: "pixels",
    range: { min: 1 },
    default: { follows: "model.image_size", otherwise: 384 },
  }),
  mean: listOf(channel, {
    doc: "Subtracted from each channel of an image in 0..1: red, green, blue.",
    default: { value: [0.48145466, 0.4578275, 0.40821073] },
  }),
  std: listOf(channel, {
    doc: "Divides each channel after `mean` is subtracted: red, green, blue.",
    default: { value: [0.26862954, 0.26130258, 0.27577711] },
  }),
} as const;
