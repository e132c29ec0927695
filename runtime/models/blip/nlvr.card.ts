import { defineCard } from "../../card.ts";
import { trainedWith } from "../../train/training-defaults.card.ts";
import { numClasses } from "../options/contrastive.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import { imageSize } from "../options/vit.card.ts";
import { blipWeights, weightOptions } from "../options/weights.card.ts";
import { blipNetworks } from "./blip-options.card.ts";

/** BLIP for statements about two images (LAVIS models/blip_models/blip_nlvr.py). */
export const blip_nlvr = defineCard({
  kind: "model",
  name: "blip_nlvr",
  implemented: false,
  doc: "BLIP for pairs of images: tells whether a statement about both is true; its encoder attends to each of them (Li et al. 2022).",
  options: {
    ...weightOptions,
    image_size: imageSize(384),
    max_txt_len: maxTextLength(40, "statement"),
    ...numClasses,
    ...blipNetworks("encoder"),
  },
  defaults: blipProcessors("blip_caption"),
  variants: {
    nlvr: {
      doc: "ViT-B/16 at 384 px; weights pre-trained on 129M pairs, fine-tuned ones for NLVR2.",
      options: {
        num_classes: 2,
        pretrained: blipWeights("model_base_capfilt_large.pth"),
        finetuned: blipWeights("model_base_nlvr.pth"),
      },
      defaults: trainedWith({ init_lr: 2.5e-5, max_epoch: 15, batch: [16, 64] }),
    },
  },
  tasks: ["multimodal_classification"],
  reads: ["image0", "image1", "text_input", "label"],
});
