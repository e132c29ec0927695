import { defineCard, ratio } from "../../card.ts";
import { trainedWith } from "../../train/training-defaults.card.ts";
import { embeddingSize, momentumOptions, queueSize, temperature } from "../options/contrastive.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import { imageSize } from "../options/vit.card.ts";
import { albefWeights, weightOptions } from "../options/weights.card.ts";
import { albefEncoders } from "./albef-options.card.ts";

/** LAVIS models/albef_models/albef_pretrain.py. */
export const albef_pretrain = defineCard({
  kind: "model",
  name: "albef_pretrain",
  implemented: false,
  doc: "ALBEF pre-training: contrast, matching and masked words at once, with a momentum copy that softens the targets (Li et al. 2021).",
  options: {
    ...weightOptions,
    image_size: imageSize(224),
    max_txt_len: maxTextLength(30, "text"),
    ...embeddingSize,
    queue_size: queueSize(57_600),
    ...momentumOptions,
    ...temperature,
    mlm_mask_prob: ratio({
      doc: "Share of the words of a text that are to be guessed.",
      default: { value: 0.15 },
    }),
    ...albefEncoders,
  },
  defaults: blipProcessors("blip_caption"),
  variants: {
    base: {
      doc: "ViT-B/16 at 224 px.",
      options: { pretrained: albefWeights("ALBEF.pth") },
      defaults: trainedWith({
        init_lr: 3e-4,
        min_lr: 1e-6,
        warmup_lr: 1e-6,
        warmup_steps: 3000,
        max_epoch: 20,
        batch: [64, 64],
      }),
    },
  },
  tasks: ["image_text_pretrain"],
  reads: ["image", "text_input"],
});
