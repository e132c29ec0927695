import { defineCard } from "../../card.ts";
import { embeddingSize } from "../options/contrastive.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import { imageSize } from "../options/vit.card.ts";
import { blipWeights, weightOptions } from "../options/weights.card.ts";
import { blipNetworks } from "./blip-options.card.ts";

/** LAVIS models/blip_models/blip_image_text_matching.py. */
export const blip_image_text_matching = defineCard({
  kind: "model",
  name: "blip_image_text_matching",
  implemented: false,
  doc: "BLIP's scores of how well an image and a text fit, by contrast and by its matching head, for programs (Li et al. 2022).",
  options: {
    ...weightOptions,
    image_size: imageSize(384),
    max_txt_len: maxTextLength(35, "text"),
    ...embeddingSize,
    ...blipNetworks("encoder"),
  },
  defaults: blipProcessors("blip_caption"),
  variants: {
    base: {
      doc: "ViT-B/16 at 384 px, fine-tuned for retrieval on COCO.",
      options: { load_finetuned: true, finetuned: blipWeights("model_base_retrieval_coco.pth") },
    },
    large: {
      doc: "ViT-L/16 at 384 px, fine-tuned for retrieval on COCO.",
      options: {
        vit_type: "large",
        load_finetuned: true,
        finetuned: blipWeights("model_large_retrieval_coco.pth"),
      },
    },
  },
  tasks: [],
  reads: ["image", "text_input"],
});
