import { defineCard, oneOf, string } from "../../card.ts";
import { maxWords } from "../text-options.card.ts";

/** LAVIS processors/instruction_text_processors.py, BlipInstructionProcessor. */
export const blip_instruction = defineCard({
  kind: "text_processor",
  name: "blip_instruction",
  implemented: false,
  doc: "Puts a text into an instruction that is drawn from the templates of its task and medium.",
  options: {
    prompt: string({
      doc: "Put before the cleaned text; not counted in `max_words`.",
      default: { value: "" },
    }),
    max_words: maxWords,
    modality: oneOf(["image", "video", "audio", "pc"], {
      doc: "What the templates speak of: a picture, a video, a sound, or a three-dimensional object (`pc`).",
      default: { value: "image" },
    }),
    task: oneOf(["caption", "qa", "classification", "eval"], {
      doc: "What the templates ask for; `eval` leaves the text as it is.",
      default: { value: "caption" },
    }),
  },
});
