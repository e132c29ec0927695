import { defineCard } from "../../card.ts";
import { trainedWith } from "../../train/training-defaults.card.ts";
import { distillation, momentumOptions, numClasses } from "../options/contrastive.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import { imageSize } from "../options/vit.card.ts";
import { albefWeights, lavisWeights, weightOptions } from "../options/weights.card.ts";
import { albefEncoders } from "./albef-options.card.ts";

/** LAVIS models/albef_models/albef_classification.py. */
export const albef_classification = defineCard({
  kind: "model",
  name: "albef_classification",
  implemented: false,
  doc: "ALBEF classifier of images with texts (Li et al. 2021).",
  options: {
    ...weightOptions,
    image_size: imageSize(384),
    max_txt_len: maxTextLength(40, "text"),
    ...numClasses,
    ...distillation,
    ...momentumOptions,
    ...albefEncoders,
  },
  defaults: blipProcessors("blip_caption"),
  variants: {
    ve: {
      doc: "Visual entailment: ViT-B/16 at 384 px; weights pre-trained on 14M pairs, fine-tuned ones for SNLI-VE.",
      options: {
        num_classes: 3,
        pretrained: albefWeights("ALBEF.pth"),
        finetuned: lavisWeights("ALBEF/albef_snli_ve_lavis.pt"),
      },
      defaults: trainedWith({ init_lr: 2e-5, max_epoch: 10, batch: [32, 64] }),
    },
  },
  tasks: ["multimodal_classification"],
  reads: ["image", "text_input", "label"],
});
