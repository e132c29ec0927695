import { defineCard } from "../../card.ts";
import { cropScale } from "../image-options.card.ts";
import { videoOptions } from "./video-options.card.ts";

/** LAVIS processors/alpro_processors.py, AlproVideoTrainProcessor. */
export const alpro_video_train = defineCard({
  kind: "vis_processor",
  name: "alpro_video_train",
  implemented: false,
  doc: "Random frames of both halves of a video, with one random crop, flip and RandAugment for all of them, normalised.",
  options: { ...videoOptions, ...cropScale(0.5) },
  reads: ["video"],
});
