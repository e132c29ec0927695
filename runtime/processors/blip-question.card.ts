import { defineCard } from "../card.ts";
import { maxWords } from "./text-options.card.ts";

/** LAVIS processors/blip_processors.py, BlipQuestionProcessor. */
export const blip_question = defineCard({
  kind: "text_processor",
  name: "blip_question",
  implemented: false,
  doc: "Lower case, punctuation removed, cut to `max_words`.",
  options: { max_words: maxWords },
});
