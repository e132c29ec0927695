import { defineCard } from "../../card.ts";
import { trainedWith } from "../../train/training-defaults.card.ts";
import { numClasses } from "../options/contrastive.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import { lavisWeights, weightOptions } from "../options/weights.card.ts";
import { alproEncoders, alproProcessors } from "./alpro-options.card.ts";

const timesformer = { n_frms: 16, use_grad_ckpt: true, ckpt_layer: 12 } as const;
const training = trainedWith({
  init_lr: 5e-5,
  min_lr: 1e-6,
  max_epoch: 10,
  weight_decay: 1e-4,
  batch: [24, 64],
});

/** LAVIS models/alpro_models/alpro_qa.py. */
export const alpro_qa = defineCard({
  kind: "model",
  name: "alpro_qa",
  implemented: false,
  doc: "ALPRO question answering about videos: classifies a video with a question among the known answers (Li et al. 2022).",
  options: { ...weightOptions, max_txt_len: maxTextLength(40, "question"), ...numClasses, ...alproEncoders },
  defaults: alproProcessors,
  variants: {
    msrvtt: {
      doc: "16 frames at 224 px, 1,500 answers; weights pre-trained on videos with captions, fine-tuned ones for MSRVTT-QA.",
      options: {
        num_classes: 1500,
        timesformer,
        pretrained: lavisWeights("ALPRO/alpro_pretrain.pt"),
        finetuned: lavisWeights("ALPRO/alpro_msrvtt_qa.pth"),
      },
      defaults: training,
    },
    msvd: {
      doc: "16 frames at 224 px, 2,423 answers; weights pre-trained on videos with captions, fine-tuned ones for MSVD-QA.",
      options: {
        num_classes: 2423,
        timesformer,
        pretrained: lavisWeights("ALPRO/alpro_pretrain.pt"),
        finetuned: lavisWeights("ALPRO/alpro_msvd_qa.pth"),
      },
      defaults: training,
    },
  },
  tasks: ["multimodal_classification"],
  reads: ["video", "text_input", "label"],
});
