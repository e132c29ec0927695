import { defineCard } from "../../card.ts";
import { embeddingSize } from "../options/contrastive.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import { imageSize } from "../options/vit.card.ts";
import { albefWeights, weightOptions } from "../options/weights.card.ts";
import { albefEncoders } from "./albef-options.card.ts";

/** LAVIS models/albef_models/albef_feature_extractor.py. */
export const albef_feature_extractor = defineCard({
  kind: "model",
  name: "albef_feature_extractor",
  implemented: false,
  doc: "ALBEF's features of images, texts and both together, for programs (Li et al. 2021).",
  options: {
    ...weightOptions,
    image_size: imageSize(224),
    max_txt_len: maxTextLength(30, "text"),
    ...embeddingSize,
    ...albefEncoders,
  },
  defaults: blipProcessors("blip_caption"),
  variants: {
    base: {
      doc: "ViT-B/16 at 224 px; weights pre-trained on 14M pairs.",
      options: { load_finetuned: false, pretrained: albefWeights("ALBEF.pth") },
    },
  },
  tasks: [],
  reads: ["image", "text_input"],
});
