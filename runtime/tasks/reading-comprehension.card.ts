import { count, defineCard, oneOf, ratio, string } from "../card.ts";
import { trainedWith } from "../train/training-defaults.card.ts";
import { generatedLength, numBeams, repetitionPenalty } from "./generation-options.card.ts";
import { accuracy } from "./metric-options.card.ts";

/** The pipeline of PNP-VQA: captions of the patches that a question looks at, read by a language model. */
const readingOptions = {
  block_num: count({
    doc: "Layer of the matching model whose attention says which patches the question looks at.",
    default: { value: 7 },
  }),
  num_patches: count({
    doc: "Patches that each caption describes, drawn by that attention.",
    range: { min: 1 },
    default: { value: 20 },
  }),
  num_captions: count({
    doc: "Captions of each image.",
    range: { min: 1 },
    default: { value: 100 },
  }),
  num_captions_fid: count({
    doc: "Captions that the language model reads in one piece.",
    range: { min: 1 },
    default: { value: 1 },
  }),
  internal_bsz_fid: count({
    doc: "Questions that the language model answers at a time.",
    dimension: "samples",
    range: { min: 1 },
    default: { value: 1 },
  }),
  cap_max_length: count({
    doc: "Longest caption, in tokens.",
    dimension: "tokens",
    range: { min: 1 },
    default: { value: 20 },
  }),
  cap_min_length: count({ doc: "Shortest caption, in tokens.", dimension: "tokens", default: { value: 10 } }),
  top_k: count({
    doc: "Captions are drawn from this many likeliest tokens.",
    range: { min: 1 },
    default: { value: 50 },
  }),
  top_p: ratio({
    doc: "Captions are drawn from the likeliest tokens that together have this probability.",
    range: { above: 0 },
    default: { value: 1 },
  }),
  repetition_penalty: repetitionPenalty,
  prompt: string({ doc: "Start of each caption.", default: { value: "a picture of " } }),
  ...generatedLength("answer", 20, 0),
  num_beams: numBeams(1),
  inference_method: oneOf(["generate"], {
    doc: "How answers are found: by generating them.",
    default: { value: "generate" },
  }),
} as const;

/** What trains is never read: these tasks only evaluate. */
const evaluationOnly = {
  ...trainedWith({ init_lr: 1e-5, max_epoch: 1, batch: [16, 16] }),
  "run.evaluate": true,
  "run.valid_splits": [],
} as const;

/** LAVIS tasks/vqa_reading_comprehension.py, VQARCTask; Tiong et al. 2022. */
export const vqa_reading_comprehension = defineCard({
  kind: "task",
  name: "vqa_reading_comprehension",
  implemented: false,
  doc: "Answers questions about images with models that were never trained on such: a language model reads captions. Only evaluates.",
  options: readingOptions,
  defaults: evaluationOnly,
  reads: ["text_input", "question_id"],
  metrics: accuracy,
});

/** LAVIS tasks/vqa_reading_comprehension.py, GQARCTask. */
export const gqa_reading_comprehension = defineCard({
  kind: "task",
  name: "gqa_reading_comprehension",
  implemented: false,
  doc: "As `vqa_reading_comprehension`, scored as GQA does: an answer counts if it equals the annotated one.",
  options: readingOptions,
  defaults: evaluationOnly,
  reads: ["text_input", "answers", "instance_id"],
  metrics: accuracy,
});
