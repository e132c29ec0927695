import { defineCard, string } from "../../card.ts";
import { firstStage } from "./blip2-options.card.ts";
import { captionVariant, secondStage, secondStageOptions, secondStageTraining } from "./second-stage.card.ts";

/** LAVIS models/blip2_models/blip2_t5.py. */
export const blip2_t5 = defineCard({
  ...secondStage,
  name: "blip2_t5",
  doc: "BLIP-2's second stage with Flan-T5: the Q-Former's embeddings are the start of what a frozen language model reads (Li et al. 2023).",
  options: secondStageOptions({
    t5_model: string({
      doc: "The language model: Flan-T5's name, or a folder that holds it.",
      default: { value: "google/flan-t5-xl" },
    }),
  }),
  variants: {
    pretrain_flant5xl: {
      doc: "Flan-T5 of 3 billion parameters; weights of the second stage, at 224 px.",
      options: firstStage("blip2_pretrained_flant5xl"),
      defaults: secondStageTraining,
    },
    pretrain_flant5xl_vitL: {
      doc: "Flan-T5 of 3 billion parameters with CLIP ViT-L/14; weights of the second stage, at 224 px.",
      options: { vit_model: "clip_L", ...firstStage("blip2_pretrained_flant5xl_vitL") },
      defaults: secondStageTraining,
    },
    pretrain_flant5xxl: {
      doc: "Flan-T5 of 11 billion parameters; weights of the second stage, at 224 px.",
      options: { t5_model: "google/flan-t5-xxl", ...firstStage("blip2_pretrained_flant5xxl") },
      defaults: secondStageTraining,
    },
    caption_coco_flant5xl: captionVariant(
      "Flan-T5 of 3 billion parameters; weights fine-tuned for COCO captions, at 364 px.",
      "blip2_pretrained_flant5xl",
      "blip2_caption_flant5xl",
      {},
    ),
  },
});
