import { bool, count } from "../../card.ts";
import { normalization, sizeOption } from "../image-options.card.ts";

/** The options that both of ALPRO's video processors share (LAVIS processors/alpro_processors.py). */
export const videoOptions = {
  image_size: sizeOption(224, "model.timesformer.image_size"),
  ...normalization,
  n_frms: count({
    doc: "Frames that are taken of each video; none takes all. A shorter video is filled up with its last frame.",
    range: { min: 1 },
    nullable: true,
    default: { follows: "model.timesformer.n_frms", otherwise: null },
  }),
  full_video: bool({
    doc: "Take the frames from the whole video; false takes them from the clip that the annotation names.",
    default: { value: true },
  }),
} as const;
