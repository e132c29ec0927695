import { count, defineCard, listOf, number } from "../../card.ts";
import { normalization } from "../image-options.card.ts";

const side = <const N extends number>(pixels: N) =>
  count({
    doc: "Height and width of the result.",
    dimension: "pixels",
    range: { min: 1 },
    default: { value: pixels },
  });
const half = (doc: string) =>
  listOf(number({ doc: "One of a channel." }), { doc, default: { value: [0.5, 0.5, 0.5] } });

const subject = {
  implemented: false,
  doc: "The picture of a subject: resized by its shorter side, cut to a square in the middle, normalised.",
  options: { image_size: side(224), ...normalization },
  reads: ["inp_image"],
} as const;

/** LAVIS processors/blip_diffusion_processors.py, BlipDiffusionInputImageProcessor, under both of its names. */
export const blip_diffusion_inp_image_train = defineCard({
  kind: "vis_processor",
  name: "blip_diffusion_inp_image_train",
  ...subject,
});
export const blip_diffusion_inp_image_eval = defineCard({
  kind: "vis_processor",
  name: "blip_diffusion_inp_image_eval",
  ...subject,
});

/** LAVIS processors/blip_diffusion_processors.py, BlipDiffusionTargetImageProcessor. */
export const blip_diffusion_tgt_image_train = defineCard({
  kind: "vis_processor",
  name: "blip_diffusion_tgt_image_train",
  implemented: false,
  doc: "The picture to be generated: resized by its shorter side, cut to a square in the middle, in -1..1.",
  options: {
    image_size: side(512),
    mean: half("Subtracted from each channel of an image in 0..1: red, green, blue."),
    std: half("Divides each channel after `mean` is subtracted: red, green, blue."),
  },
  reads: ["tgt_image"],
});
