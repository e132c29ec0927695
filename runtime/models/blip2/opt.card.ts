import { defineCard, string } from "../../card.ts";
import { firstStage } from "./blip2-options.card.ts";
import { captionVariant, secondStage, secondStageOptions, secondStageTraining } from "./second-stage.card.ts";

const larger = { opt_model: "facebook/opt-6.7b" } as const;

/** LAVIS models/blip2_models/blip2_opt.py. */
export const blip2_opt = defineCard({
  ...secondStage,
  name: "blip2_opt",
  doc: "BLIP-2's second stage with OPT: the Q-Former's embeddings are the start of what a frozen language model reads (Li et al. 2023).",
  options: secondStageOptions({
    opt_model: string({
      doc: "The language model: OPT's name, or a folder that holds it.",
      default: { value: "facebook/opt-2.7b" },
    }),
  }),
  variants: {
    pretrain_opt2_7b: {
      doc: "OPT of 2.7 billion parameters; weights of the second stage, at 224 px.",
      lavisName: "pretrain_opt2.7b",
      options: firstStage("blip2_pretrained_opt2.7b"),
      defaults: secondStageTraining,
    },
    pretrain_opt6_7b: {
      doc: "OPT of 6.7 billion parameters; weights of the second stage, at 224 px.",
      lavisName: "pretrain_opt6.7b",
      options: { ...larger, ...firstStage("blip2_pretrained_opt6.7b") },
      defaults: secondStageTraining,
    },
    caption_coco_opt2_7b: {
      lavisName: "caption_coco_opt2.7b",
      ...captionVariant(
        "OPT of 2.7 billion parameters; weights fine-tuned for COCO captions, at 364 px.",
        "blip2_pretrained_opt2.7b",
        "blip2_caption_opt2.7b",
        {},
      ),
    },
    caption_coco_opt6_7b: {
      lavisName: "caption_coco_opt6.7b",
      ...captionVariant(
        "OPT of 6.7 billion parameters; weights fine-tuned for COCO captions, at 364 px.",
        "blip2_pretrained_opt6.7b",
        "blip2_caption_opt6.7b",
        larger,
      ),
    },
  },
});
