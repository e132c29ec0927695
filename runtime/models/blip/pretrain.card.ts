import { defineCard } from "../../card.ts";
import { trainedWith } from "../../train/training-defaults.card.ts";
import { embeddingSize, momentumOptions, queueSize } from "../options/contrastive.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { captionPrompt, maxTextLength } from "../options/text.card.ts";
import { imageSize } from "../options/vit.card.ts";
import { blipWeights, weightOptions } from "../options/weights.card.ts";
import { blipNetworks } from "./blip-options.card.ts";

/** BLIP's pre-training (LAVIS models/blip_models/blip_pretrain.py, which ignores `pretrained` and `load_…`). */
export const blip_pretrain = defineCard({
  kind: "model",
  name: "blip_pretrain",
  implemented: false,
  doc: "BLIP pre-training: contrast, matching and captioning at once, with encoder and decoder sharing all but self-attention (Li et al. 2022).",
  options: {
    ...weightOptions,
    image_size: imageSize(224),
    prompt: captionPrompt,
    max_txt_len: maxTextLength(30, "text"),
    ...embeddingSize,
    queue_size: queueSize(57_600),
    ...momentumOptions,
    ...blipNetworks("encoder and decoder"),
  },
  defaults: blipProcessors("blip_caption"),
  variants: {
    base: {
      doc: "ViT-B/16 at 224 px.",
      options: { pretrained: blipWeights("model_base_capfilt_large.pth") },
      defaults: trainedWith({
        init_lr: 3e-4,
        min_lr: 1e-6,
        warmup_lr: 1e-6,
        warmup_steps: 3000,
        max_epoch: 20,
        batch: [75, 75],
      }),
    },
  },
  tasks: ["image_text_pretrain"],
  reads: ["image", "text_input"],
});
