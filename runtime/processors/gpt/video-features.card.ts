import { defineCard, listOf, name } from "../../card.ts";

const folder = name({ doc: "A folder of the dataset's features." });

/** LAVIS processors/gpt_processors.py, GPTVideoFeatureProcessor. */
export const gpt_video_ft = defineCard({
  kind: "vis_processor",
  name: "gpt_video_ft",
  implemented: false,
  doc: "Loads the features of a video's pictures and sound, cuts them to one length and joins them.",
  options: {
    visual_ft: listOf(folder, {
      doc: "Folders with the features of the pictures.",
      single: true,
      default: { value: ["i3d_rgb"] },
    }),
    audio_ft: listOf(folder, {
      doc: "Folders with the features of the sound.",
      single: true,
      default: { value: ["vggish"] },
    }),
  },
  reads: ["video_fts"],
});
