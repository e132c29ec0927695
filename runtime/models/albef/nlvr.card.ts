import { defineCard } from "../../card.ts";
import { trainedWith } from "../../train/training-defaults.card.ts";
import { distillation, momentumOptions, numClasses } from "../options/contrastive.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import { imageSize } from "../options/vit.card.ts";
import { albefWeights, lavisWeights, weightOptions } from "../options/weights.card.ts";
import { albefEncoders } from "./albef-options.card.ts";

/** LAVIS models/albef_models/albef_nlvr.py. */
export const albef_nlvr = defineCard({
  kind: "model",
  name: "albef_nlvr",
  implemented: false,
  doc: "ALBEF for pairs of images: tells whether a statement about both is true (Li et al. 2021).",
  options: {
    ...weightOptions,
    image_size: imageSize(384),
    max_txt_len: maxTextLength(40, "statement"),
    ...numClasses,
    ...distillation,
    ...momentumOptions,
    ...albefEncoders,
  },
  defaults: blipProcessors("blip_caption"),
  variants: {
    nlvr: {
      doc: "ViT-B/16 at 384 px; weights pre-trained on 14M pairs and on pairs of images, fine-tuned ones for NLVR2.",
      options: {
        num_classes: 2,
        pretrained: albefWeights("pretrain_model_nlvr.pth"),
        finetuned: lavisWeights("ALBEF/albef_nlvr_lavis.pt"),
      },
      defaults: trainedWith({
        init_lr: 2e-5,
        min_lr: 1e-6,
        warmup_lr: 1e-5,
        warmup_steps: 650,
        max_epoch: 10,
        weight_decay: 0.02,
        batch: [16, 64],
      }),
    },
  },
  tasks: ["multimodal_classification"],
  reads: ["image0", "image1", "text_input", "label"],
});
