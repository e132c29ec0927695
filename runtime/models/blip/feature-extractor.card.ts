import { defineCard } from "../../card.ts";
import { embeddingSize } from "../options/contrastive.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import { imageSize } from "../options/vit.card.ts";
import { blipWeights, weightOptions } from "../options/weights.card.ts";
import { blipNetworks } from "./blip-options.card.ts";

/** LAVIS models/blip_models/blip_feature_extractor.py. */
export const blip_feature_extractor = defineCard({
  kind: "model",
  name: "blip_feature_extractor",
  implemented: false,
  doc: "BLIP's features of images, texts and both together, for programs (Li et al. 2022).",
  options: {
    ...weightOptions,
    image_size: imageSize(224),
    max_txt_len: maxTextLength(40, "text"),
    ...embeddingSize,
    ...blipNetworks("encoder"),
  },
  defaults: blipProcessors("blip_caption"),
  variants: {
    base: {
      doc: "ViT-B/16 at 224 px; weights pre-trained on 129M pairs.",
      options: { load_finetuned: false, pretrained: blipWeights("model_base_capfilt_large.pth") },
    },
  },
  tasks: [],
  reads: ["image", "text_input"],
});
