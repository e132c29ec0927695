import { defineCard } from "../../card.ts";
import { trainedWith } from "../../train/training-defaults.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import { imageSize } from "../options/vit.card.ts";
import { blipWeights, lavisWeights, weightOptions } from "../options/weights.card.ts";
import { blipNetworks } from "./blip-options.card.ts";

/** BLIP for questions: an encoder of question and image, a decoder of answers (LAVIS models/blip_models/blip_vqa.py). */
export const blip_vqa = defineCard({
  kind: "model",
  name: "blip_vqa",
  implemented: false,
  doc: "BLIP question answering: an encoder reads the question with the image, a decoder writes or ranks answers (Li et al. 2022).",
  options: {
    ...weightOptions,
    image_size: imageSize(480),
    max_txt_len: maxTextLength(35, "question"),
    ...blipNetworks("encoder and decoder"),
  },
  defaults: blipProcessors("blip_question"),
  variants: {
    vqav2: {
      doc: "ViT-B/16 at 480 px; weights pre-trained on 129M pairs, fine-tuned ones for VQA v2.",
      options: {
        vit_drop_path_rate: 0.1,
        pretrained: blipWeights("model_base_capfilt_large.pth"),
        finetuned: blipWeights("model_base_vqa_capfilt_large.pth"),
      },
      defaults: trainedWith({ init_lr: 2e-5, max_epoch: 10, batch: [16, 64] }),
    },
    okvqa: {
      doc: "ViT-B/16 at 480 px; starts from the weights for VQA v2, fine-tuned ones for OK-VQA.",
      options: {
        vit_drop_path_rate: 0.1,
        pretrained: blipWeights("model_base_vqa_capfilt_large.pth"),
        finetuned: lavisWeights("BLIP/blip_okvqa.pth"),
      },
      defaults: trainedWith({
        init_lr: 3e-5,
        min_lr: 1e-5,
        max_epoch: 7,
        weight_decay: 0.02,
        batch: [16, 16],
      }),
    },
    aokvqa: {
      doc: "ViT-B/16 at 480 px; starts from the weights for VQA v2, fine-tuned ones for A-OKVQA.",
      options: {
        vit_drop_path_rate: 0.1,
        pretrained: blipWeights("model_base_vqa_capfilt_large.pth"),
        finetuned: lavisWeights("BLIP/blip_aokvqa.pth"),
      },
      defaults: trainedWith({
        init_lr: 2e-5,
        min_lr: 1e-5,
        max_epoch: 7,
        weight_decay: 0.02,
        batch: [16, 16],
      }),
    },
  },
  tasks: ["vqa", "gqa", "aok_vqa"],
  reads: ["image", "text_input", "answers"],
});
