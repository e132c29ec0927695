import { defineCard } from "../../card.ts";
import { trainedWith } from "../../train/training-defaults.card.ts";
import { embeddingSize, temperature } from "../options/contrastive.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import { lavisWeights, weightOptions } from "../options/weights.card.ts";
import { alproEncoders, alproProcessors } from "./alpro-options.card.ts";

const rates = { init_lr: 3e-5, min_lr: 1e-6, weight_decay: 1e-4 } as const;

/** LAVIS models/alpro_models/alpro_retrieval.py. */
export const alpro_retrieval = defineCard({
  kind: "model",
  name: "alpro_retrieval",
  implemented: false,
  doc: "ALPRO retrieval of videos and texts: contrast within the batch, and a head that matches pairs (Li et al. 2022).",
  options: {
    ...weightOptions,
    max_txt_len: maxTextLength(35, "text"),
    ...embeddingSize,
    ...temperature,
    ...alproEncoders,
  },
  defaults: alproProcessors,
  variants: {
    msrvtt: {
      doc: "8 frames at 224 px; weights pre-trained on videos with captions, fine-tuned ones for MSRVTT.",
      options: {
        pretrained: lavisWeights("ALPRO/alpro_pretrain.pt"),
        finetuned: lavisWeights("ALPRO/alpro_msrvtt_retrieval.pt"),
      },
      defaults: trainedWith({ ...rates, max_epoch: 5, batch: [8, 8] }),
    },
    didemo: {
      doc: "8 frames at 224 px; weights pre-trained on videos with captions, fine-tuned ones for DiDeMo.",
      options: {
        pretrained: lavisWeights("ALPRO/alpro_pretrain.pt"),
        finetuned: lavisWeights("ALPRO/alpro_didemo_retrieval.pt"),
      },
      defaults: trainedWith({ ...rates, max_epoch: 10, batch: [12, 32] }),
    },
  },
  tasks: ["retrieval"],
  reads: ["video", "text_input"],
});
