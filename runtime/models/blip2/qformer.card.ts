import { defineCard } from "../../card.ts";
import { embeddingSize } from "../options/contrastive.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import { blip2Encoders, blip2PatchSize, crossAttention } from "./blip2-options.card.ts";
import { qformerVariants } from "./qformer-variants.card.ts";

/** What the first stage's three names share (LAVIS models/blip2_models/blip2_qformer.py). */
const qformer = {
  implemented: false,
  options: {
    ...blip2Encoders,
    ...crossAttention,
    ...embeddingSize,
    max_txt_len: maxTextLength(32, "text"),
  },
  patchSize: blip2PatchSize,
  defaults: blipProcessors("blip_caption"),
  variants: qformerVariants,
  reads: ["image", "text_input"],
} as const;

export const blip2 = defineCard({
  kind: "model",
  name: "blip2",
  doc: "BLIP-2's first stage: a Q-Former learns by contrast, matching and captioning what to ask a frozen vision transformer (Li et al. 2023).",
  ...qformer,
  tasks: ["image_text_pretrain", "retrieval"],
});

export const blip2_feature_extractor = defineCard({
  kind: "model",
  name: "blip2_feature_extractor",
  doc: "BLIP-2's features of images, texts and both together: LAVIS's second name of `blip2` (Li et al. 2023).",
  ...qformer,
  tasks: ["image_text_pretrain", "retrieval"],
});

/** LAVIS models/blip2_models/blip2_image_text_matching.py. */
export const blip2_image_text_matching = defineCard({
  kind: "model",
  name: "blip2_image_text_matching",
  doc: "BLIP-2's scores of how well an image and a text fit, by contrast and by its matching head, for programs (Li et al. 2023).",
  ...qformer,
  tasks: [],
});
