import type { Field } from "../../card.ts";

/** The fields that LAVIS's datasets of one kind share, beside their media. */
export const captionFields = ["text_input", "image_id", "instance_id"] as const satisfies readonly Field[];
export const questionFields = [
  "text_input",
  "answers",
  "question_id",
  "instance_id",
] as const satisfies readonly Field[];
export const classFields = ["text_input", "label", "instance_id"] as const satisfies readonly Field[];

/** What an instruction adds: the text that is asked for. */
export const instructed = ["text_output"] as const satisfies readonly Field[];
