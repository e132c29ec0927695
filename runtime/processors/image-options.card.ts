import { count, listOf, number, ratio } from "../card.ts";

const channel = number({ doc: "One number for each of red, green, blue." });

/** Height and width of what a processor makes: the model's, or `otherwise` where it has no option for it. */
export const sizeOption = <const N extends number>(otherwise: N, follows = "model.image_size") =>
  count({
    doc: "Height and width of the result.",
    dimension: "pixels",
    range: { min: 1 },
    default: { follows, otherwise },
  });

/** How pictures are normalised: CLIP's mean and standard deviation unless given. */
export const normalization = {
  mean: listOf(channel, {
    doc: "Subtracted from each channel of an image in 0..1: red, green, blue.",
    default: { value: [0.48145466, 0.4578275, 0.40821073] },
  }),
  std: listOf(channel, {
    doc: "Divides each channel after `mean` is subtracted: red, green, blue.",
    default: { value: [0.26862954, 0.26130258, 0.27577711] },
  }),
} as const;

/** The options that LAVIS's image processors share (processors/blip_processors.py, clip_processors.py). */
export const imageOptions = <const N extends number>(otherwise: N) =>
  ({ image_size: sizeOption(otherwise), ...normalization }) as const;

/** What processors of images prepare: single ones, and those of pairs. */
export const pictures = ["image", "image0", "image1"] as const;

/** The range of the random crop's area. */
export const cropScale = <const N extends number>(smallest: N) =>
  ({
    min_scale: ratio({
      doc: "Smallest share of the image's area that the crop covers.",
      range: { above: 0 },
      default: { value: smallest },
    }),
    max_scale: ratio({
      doc: "Largest share of the image's area that the crop covers.",
      range: { above: 0 },
      default: { value: 1.0 },
    }),
  }) as const;
