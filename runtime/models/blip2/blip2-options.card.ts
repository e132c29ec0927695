import { bool, count, oneOf, ratio, string } from "../../card.ts";
import { maxTextLength } from "../options/text.card.ts";
import { lavisWeights, weightOptions } from "../options/weights.card.ts";

/** The patches of every vision transformer that BLIP-2 uses, in pixels. */
export const blip2PatchSize = 14;

/** BLIP-2's frozen vision transformer and the Q-Former that queries it (LAVIS models/blip2_models/blip2.py). */
export const blip2Encoders = {
  ...weightOptions,
  vit_model: oneOf(["eva_clip_g", "eva2_clip_L", "clip_L"], {
    doc: "The vision transformer: EVA-CLIP's giant one (width 1408), EVA-02-CLIP's or CLIP's large one (width 1024).",
    default: { value: "eva_clip_g" },
  }),
  image_size: count({
    doc: "Height and width of the input image; a multiple of the patch's 14.",
    dimension: "pixels",
    range: { min: 1 },
    default: { value: 224 },
  }),
  drop_path_rate: ratio({
    doc: "Stochastic depth: chance of skipping the last block of the vision transformer, in training.",
    range: { below: 1 },
    default: { value: 0 },
  }),
  use_grad_checkpoint: bool({
    doc: "Compute activations of the vision transformer again in the backward pass: less memory, more time, the same result.",
    default: { value: false },
  }),
  vit_precision: oneOf(["fp16", "fp32"], {
    doc: "Precision of the vision transformer's weights. One that is trained needs `fp32`.",
    default: { value: "fp16" },
  }),
  freeze_vit: bool({
    doc: "Keep the vision transformer as it is, rather than train it.",
    default: { value: true },
  }),
  num_query_token: count({
    doc: "Learned queries of the Q-Former: how many embeddings it makes of an image.",
    range: { min: 1 },
    default: { value: 32 },
  }),
} as const;

/** How often the Q-Former looks at the image; the models with a language model keep BLIP-2's 2. */
export const crossAttention = {
  cross_attention_freq: count({
    doc: "One in how many layers of the Q-Former attends to the image.",
    range: { min: 1 },
    default: { value: 2 },
  }),
} as const;

/** The prompt of a model with a language model: what it is asked, not how every caption begins. */
export const languagePrompt = string({
  doc: "What the language model reads before it writes.",
  own: true,
  default: { value: "" },
});

export const lemmatizer = {
  apply_lemmatizer: bool({
    doc: "Reduce the words of generated answers to their dictionary form, as the scoring of OK-VQA expects.",
    default: { value: false },
  }),
} as const;

/** What instructed models have beside BLIP-2's options (Dai et al. 2023). */
export const instructionOptions = {
  prompt: languagePrompt,
  max_txt_len: maxTextLength(128, "instruction"),
  max_output_txt_len: count({
    doc: "Longest answer in training, in tokens; the rest is cut off.",
    dimension: "tokens",
    range: { min: 1 },
    default: { value: 256 },
  }),
  ...lemmatizer,
  qformer_text_input: bool({
    doc: "Let the Q-Former read the instruction too, so that it looks for what is asked.",
    default: { value: true },
  }),
} as const;

/** A vision transformer that is trained too, at a higher resolution. */
export const unfrozen = { image_size: 364, vit_precision: "fp32", freeze_vit: false } as const;

export const blip2Weights = (name: string) => lavisWeights(`BLIP2/${name}.pth`);

/** Weights of a first stage: none are fine-tuned, so an evaluation takes these. */
export const firstStage = (weights: string) =>
  ({ load_finetuned: false, pretrained: blip2Weights(weights) }) as const;
