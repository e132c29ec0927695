import { count, defineCard } from "../../card.ts";
import { trainedWith } from "../../train/training-defaults.card.ts";
import { processedBy } from "../options/defaults.card.ts";
import { weightOptions } from "../options/weights.card.ts";

/** LAVIS models/gpt_models/gpt_dialogue.py. */
export const gpt_dialogue = defineCard({
  kind: "model",
  name: "gpt_dialogue",
  implemented: false,
  doc: "GPT-2 that answers questions about a video from its features, its caption and the dialogue so far (Le and Hoi 2020).",
  options: {
    ...weightOptions,
    len_tokenizer: count({
      doc: "Tokens of the vocabulary: GPT-2's and those that mark speakers, video and caption.",
      range: { min: 1 },
      default: { value: 50_264 },
    }),
    len_video_ft: count({
      doc: "Width of the video's features: of pictures and sound together.",
      range: { min: 1 },
      default: { value: 4224 },
    }),
  },
  defaults: processedBy("gpt_video_ft", "gpt_video_ft", "gpt_dialogue"),
  variants: {
    base: {
      doc: "GPT-2 of 124 million parameters.",
      options: { load_pretrained: false },
      defaults: trainedWith({ init_lr: 1e-5, max_epoch: 20, batch: [16, 16] }),
    },
  },
  tasks: ["dialogue"],
  reads: ["video_fts", "dialog"],
});
