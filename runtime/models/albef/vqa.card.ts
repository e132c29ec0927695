import { defineCard } from "../../card.ts";
import { trainedWith } from "../../train/training-defaults.card.ts";
import { distillation, momentumOptions } from "../options/contrastive.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import { imageSize } from "../options/vit.card.ts";
import { albefWeights, lavisWeights, weightOptions } from "../options/weights.card.ts";
import { albefEncoders } from "./albef-options.card.ts";

/** LAVIS models/albef_models/albef_vqa.py. */
export const albef_vqa = defineCard({
  kind: "model",
  name: "albef_vqa",
  implemented: false,
  doc: "ALBEF question answering: an encoder reads the question with the image, a decoder writes or ranks answers (Li et al. 2021).",
  options: {
    ...weightOptions,
    image_size: imageSize(384),
    max_txt_len: maxTextLength(25, "question"),
    ...distillation,
    ...momentumOptions,
    ...albefEncoders,
  },
  defaults: blipProcessors("blip_question"),
  variants: {
    vqav2: {
      doc: "ViT-B/16 at 384 px; weights pre-trained on 14M pairs, fine-tuned ones for VQA v2.",
      options: {
        pretrained: albefWeights("ALBEF.pth"),
        finetuned: lavisWeights("ALBEF/albef_vqav2_lavis.pt"),
      },
      defaults: trainedWith({
        init_lr: 2e-5,
        min_lr: 1e-6,
        max_epoch: 8,
        weight_decay: 0.02,
        batch: [32, 64],
      }),
    },
  },
  tasks: ["vqa", "gqa", "aok_vqa"],
  reads: ["image", "text_input", "answers"],
});
