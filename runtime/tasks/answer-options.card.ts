import { count, mapOf, oneOf, path, string } from "../card.ts";
import { generatedLength, numBeams, questionPrompt } from "./generation-options.card.ts";

const files = (what: string) =>
  mapOf(path({ doc: "A file in the format of VQA v2." }), {
    doc: `${what} of each split in VQA v2's format, by the split's name; those of the dataset unless given.`,
    default: { value: {} },
  });

/** The options of LAVIS's question answering tasks (tasks/vqa.py). */
export const answerOptions = {
  ...generatedLength("answer", 10, 1),
  num_beams: numBeams(3),
  inference_method: oneOf(["rank", "generate"], {
    doc: "rank: the likeliest of a list of answers. generate: any answer, by beam search.",
    default: { value: "rank" },
  }),
  num_ans_candidates: count({
    doc: "With `inference_method = rank`: answers that are compared as a whole, the likeliest by their first token.",
    range: { min: 1 },
    default: { value: 128 },
    idleWhile: { option: "inference_method", is: "generate" },
  }),
  prompt: questionPrompt(""),
  sample_id_key: string({
    doc: "The field of a sample that names it where the ground truth is made from the dataset.",
    default: { value: "instance_id" },
  }),
  ques_files: files("The questions"),
  anno_files: files("The annotations"),
} as const;
