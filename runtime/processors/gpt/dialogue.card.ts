import { bool, count, defineCard } from "../../card.ts";

/** LAVIS processors/gpt_processors.py, GPTDialogueProcessor. */
export const gpt_dialogue_text = defineCard({
  kind: "text_processor",
  name: "gpt_dialogue",
  implemented: false,
  doc: "Caption and the last turns of a dialogue as tokens of GPT-2 with their speakers; only the answer is learned.",
  options: {
    max_turns: count({
      doc: "Turns of the dialogue before the question that are kept: the last ones.",
      default: { value: 3 },
    }),
    use_caption: bool({
      doc: "Put the video's caption and summary before the dialogue.",
      default: { value: true },
    }),
  },
});
