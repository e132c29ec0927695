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

/** LAVIS models/blip2_models/blip2_opt.py. */
export const blip2_opt = defineCard({
  kind: "model",
  name: "blip2_opt",
  implemented: false,
  doc: "BLIP-2's second stage with OPT: the Q-Former's embeddings are the start of what a frozen language model reads (Li et al. 2023).",
  options: {
    ...blip2Encoders,
    opt_model: string({
      doc: "The language model: OPT's name, or a folder that holds it.",
      default: { value: "facebook/opt-2.7b" },
    }),
    prompt: languagePrompt,
    max_txt_len: maxTextLength(32, "text"),
    ...lemmatizer,
  },
  patchSize: blip2PatchSize,
  defaults: blipProcessors("blip_caption"),
  variants: {
    pretrain_opt2_7b: {
      doc: "OPT of 2.7 billion parameters; weights of the second stage, at 224 px.",
      lavisName: "pretrain_opt2.7b",
      options: firstStage("blip2_pretrained_opt2.7b"),
      defaults: training,
    },
    pretrain_opt6_7b: {
      doc: "OPT of 6.7 billion parameters; weights of the second stage, at 224 px.",
      lavisName: "pretrain_opt6.7b",
      options: { opt_model: "facebook/opt-6.7b", ...firstStage("blip2_pretrained_opt6.7b") },
      defaults: training,
    },
    caption_coco_opt2_7b: {
      doc: "OPT of 2.7 billion parameters; weights fine-tuned for COCO captions, at 364 px.",
      lavisName: "caption_coco_opt2.7b",
      options: {
        ...unfrozen,
        prompt: "a photo of",
        pretrained: blip2Weights("blip2_pretrained_opt2.7b"),
        finetuned: blip2Weights("blip2_caption_opt2.7b"),
      },
      defaults: captioning,
    },
    caption_coco_opt6_7b: {
      doc: "OPT of 6.7 billion parameters; weights fine-tuned for COCO captions, at 364 px.",
      lavisName: "caption_coco_opt6.7b",
      options: {
        ...unfrozen,
        opt_model: "facebook/opt-6.7b",
        prompt: "a photo of",
        pretrained: blip2Weights("blip2_pretrained_opt6.7b"),
        finetuned: blip2Weights("blip2_caption_opt6.7b"),
      },
      defaults: captioning,
    },
  },
  tasks: ["captioning", "vqa", "gqa", "aok_vqa", "image_text_pretrain"],
  reads: ["image", "text_input"],
});
