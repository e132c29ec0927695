import { trainedWith } from "../../train/training-defaults.card.ts";
import { blip2Weights, firstStage, unfrozen } from "./blip2-options.card.ts";

/** The variants of BLIP-2's first stage, under whichever name it is registered (LAVIS configs/models/blip2). */
export const qformerVariants = {
  pretrain: {
    doc: "EVA-CLIP ViT-g/14, frozen, at 224 px; weights of the first stage.",
    options: firstStage("blip2_pretrained"),
    defaults: trainedWith({
      init_lr: 1e-4,
      min_lr: 1e-5,
      warmup_lr: 1e-6,
      warmup_steps: 5000,
      max_epoch: 10,
      batch: [100, 64],
    }),
  },
  pretrain_vitL: {
    doc: "CLIP ViT-L/14, frozen, at 224 px; weights of the first stage.",
    options: { vit_model: "clip_L", ...firstStage("blip2_pretrained_vitL") },
  },
  coco: {
    doc: "EVA-CLIP ViT-g/14, trained too, at 364 px; weights fine-tuned for retrieval on COCO.",
    options: {
      ...unfrozen,
      use_grad_checkpoint: true,
      pretrained: blip2Weights("blip2_pretrained"),
      finetuned: blip2Weights("blip2_finetune_coco"),
    },
    defaults: trainedWith({
      init_lr: 1e-5,
      warmup_lr: 1e-8,
      warmup_steps: 1000,
      max_epoch: 5,
      batch: [14, 16],
    }),
  },
} as const;
