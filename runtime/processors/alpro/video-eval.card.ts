import { defineCard, oneOf } from "../../card.ts";
import { videoOptions } from "./video-options.card.ts";

/** LAVIS processors/alpro_processors.py, AlproVideoEvalProcessor. */
export const alpro_video_eval = defineCard({
  kind: "vis_processor",
  name: "alpro_video_eval",
  implemented: false,
  doc: "Evenly spaced frames of a video, resized to a square and normalised.",
  options: {
    ...videoOptions,
    channels: oneOf(["rgb", "bgr"], {
      doc: "Order of the colours. LAVIS trains on red, green, blue, but evaluates with blue first: `bgr` repeats its published results.",
      default: { value: "rgb" },
    }),
  },
  reads: ["video"],
});
