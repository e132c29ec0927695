import { defineCard, string } from "../card.ts";
import { maxWords } from "./text-options.card.ts";

/** LAVIS processors/blip_processors.py, BlipCaptionProcessor. */
export const blip_caption_text = defineCard({
  kind: "text_processor",
  name: "blip_caption",
  doc: "Lower case, punctuation to spaces, cut to `max_words`, with the prompt before it.",
  options: {
    prompt: string({
      doc: "Put before the cleaned caption; not counted in `max_words`. The model's own prompt unless given, because the model masks that many tokens.",
      default: { follows: "model.prompt", otherwise: "" },
    }),
    max_words: maxWords,
  },
});
