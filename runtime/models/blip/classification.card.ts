import { defineCard } from "../../card.ts";
import { distillation, momentumOptions, numClasses } from "../options/contrastive.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import { imageSize } from "../options/vit.card.ts";
import { blipWeights, weightOptions } from "../options/weights.card.ts";
import { blipNetworks } from "./blip-options.card.ts";

/** BLIP as a classifier (LAVIS models/blip_models/blip_classification.py, which stops at its first step). */
export const blip_classification = defineCard({
  kind: "model",
  name: "blip_classification",
  implemented: false,
  doc: "BLIP classifier of images with texts, such as for visual entailment (Li et al. 2022).",
  options: {
    ...weightOptions,
    image_size: imageSize(384),
    max_txt_len: maxTextLength(40, "text"),
    ...numClasses,
    ...distillation,
    ...momentumOptions,
    ...blipNetworks("encoder"),
  },
  defaults: blipProcessors("blip_caption"),
  variants: {
    base: {
      doc: "ViT-B/16 at 384 px; weights pre-trained on 129M pairs.",
      options: { pretrained: blipWeights("model_base_caption_capfilt_large.pth") },
    },
  },
  tasks: ["multimodal_classification"],
  reads: ["image", "text_input", "label"],
});
