import { defineCard, string } from "../../card.ts";
import { trainedWith } from "../../train/training-defaults.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import {
  blip2Encoders,
  blip2PatchSize,
  blip2Weights,
  firstStage,
  languagePrompt,
  lemmatizer,
  unfrozen,
} from "./blip2-options.card.ts";

/** LAVIS's caption processors put the prompt before each caption; the language model's own has no space at its end. */
const captions = { name: "blip_caption", options: { prompt: "a photo of " } } as const;

const captioning = {
  ...trainedWith({ init_lr: 1e-5, warmup_lr: 1e-8, warmup_steps: 1000, max_epoch: 5, batch: [16, 8] }),
  "dataset.text_processor.train": captions,
};

const training = trainedWith({
  init_lr: 1e-4,
  min_lr: 1e-5,
  warmup_lr: 1e-6,
  warmup_steps: 2000,
  max_epoch: 10,
  batch: [64, 64],
});

/** LAVIS models/blip2_models/blip2_t5.py. */
export const blip2_t5 = defineCard({
  kind: "model",
  name: "blip2_t5",
  implemented: false,
  doc: "BLIP-2's second stage with Flan-T5: the Q-Former's embeddings are the start of what a frozen language model reads (Li et al. 2023).",
  options: {
    ...blip2Encoders,
    t5_model: string({
      doc: "The language model: Flan-T5's name, or a folder that holds it.",
      default: { value: "google/flan-t5-xl" },
    }),
    prompt: languagePrompt,
    max_txt_len: maxTextLength(32, "text"),
    ...lemmatizer,
  },
  patchSize: blip2PatchSize,
  defaults: blipProcessors("blip_caption"),
  variants: {
    pretrain_flant5xl: {
      doc: "Flan-T5 of 3 billion parameters; weights of the second stage, at 224 px.",
      options: firstStage("blip2_pretrained_flant5xl"),
      defaults: training,
    },
    pretrain_flant5xl_vitL: {
      doc: "Flan-T5 of 3 billion parameters with CLIP ViT-L/14; weights of the second stage, at 224 px.",
      options: { vit_model: "clip_L", ...firstStage("blip2_pretrained_flant5xl_vitL") },
      defaults: training,
    },
    pretrain_flant5xxl: {
      doc: "Flan-T5 of 11 billion parameters; weights of the second stage, at 224 px.",
      options: { t5_model: "google/flan-t5-xxl", ...firstStage("blip2_pretrained_flant5xxl") },
      defaults: training,
    },
    caption_coco_flant5xl: {
      doc: "Flan-T5 of 3 billion parameters; weights fine-tuned for COCO captions, at 364 px.",
      options: {
        ...unfrozen,
        prompt: "a photo of",
        pretrained: blip2Weights("blip2_pretrained_flant5xl"),
        finetuned: blip2Weights("blip2_caption_flant5xl"),
      },
      defaults: captioning,
    },
  },
  tasks: ["captioning", "vqa", "gqa", "aok_vqa", "image_text_pretrain"],
  reads: ["image", "text_input"],
});
