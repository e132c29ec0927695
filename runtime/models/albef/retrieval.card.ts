import { defineCard } from "../../card.ts";
import { trainedWith } from "../../train/training-defaults.card.ts";
import {
  distillation,
  embeddingSize,
  momentumOptions,
  negativeAllRank,
  queueSize,
  temperature,
} from "../options/contrastive.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import { imageSize } from "../options/vit.card.ts";
import { albefWeights, lavisWeights, weightOptions } from "../options/weights.card.ts";
import { albefEncoders } from "./albef-options.card.ts";

/** LAVIS models/albef_models/albef_retrieval.py. */
export const albef_retrieval = defineCard({
  kind: "model",
  name: "albef_retrieval",
  implemented: false,
  doc: "ALBEF retrieval: images and texts in one space with a queue of negatives, and a head that matches pairs (Li et al. 2021).",
  options: {
    ...weightOptions,
    image_size: imageSize(384),
    max_txt_len: maxTextLength(30, "text"),
    ...embeddingSize,
    queue_size: queueSize(65_536),
    ...distillation,
    ...momentumOptions,
    ...temperature,
    ...negativeAllRank,
    ...albefEncoders,
  },
  defaults: blipProcessors("blip_caption"),
  variants: {
    coco: {
      doc: "ViT-B/16 at 384 px; weights pre-trained on 14M pairs, fine-tuned ones for COCO.",
      options: {
        pretrained: albefWeights("ALBEF.pth"),
        finetuned: lavisWeights("ALBEF/albef_coco_retrieval_lavis.pt"),
      },
      defaults: trainedWith({ init_lr: 1e-5, min_lr: 1e-6, max_epoch: 5, batch: [32, 64] }),
    },
    flickr: {
      doc: "ViT-B/16 at 384 px; weights pre-trained on 14M pairs, fine-tuned ones for Flickr30k.",
      options: {
        pretrained: albefWeights("ALBEF.pth"),
        finetuned: lavisWeights("ALBEF/albef_flickr_retrieval_lavis.pt"),
      },
      defaults: trainedWith({
        init_lr: 1e-5,
        min_lr: 1e-6,
        max_epoch: 10,
        weight_decay: 0.02,
        batch: [32, 64],
      }),
    },
  },
  tasks: ["retrieval"],
  reads: ["image", "text_input", "image_id"],
});
