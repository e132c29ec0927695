import { defineCard } from "../../card.ts";
import { trainedWith } from "../../train/training-defaults.card.ts";
import { embeddingSize, momentumOptions, negativeAllRank, queueSize } from "../options/contrastive.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { maxTextLength } from "../options/text.card.ts";
import { imageSize } from "../options/vit.card.ts";
import { blipWeights, lavisWeights, weightOptions } from "../options/weights.card.ts";
import { blipNetworks } from "./blip-options.card.ts";

const published = {
  vit_grad_ckpt: true,
  vit_ckpt_layer: 4,
  pretrained: blipWeights("model_base_capfilt_large.pth"),
};

/** BLIP for retrieval: contrast, then matching (LAVIS models/blip_models/blip_retrieval.py). */
export const blip_retrieval = defineCard({
  kind: "model",
  name: "blip_retrieval",
  implemented: false,
  doc: "BLIP retrieval: images and texts in one space with a queue of negatives, and a head that matches pairs (Li et al. 2022).",
  options: {
    ...weightOptions,
    image_size: imageSize(384),
    max_txt_len: maxTextLength(35, "text"),
    ...embeddingSize,
    queue_size: queueSize(57_600),
    ...momentumOptions,
    ...negativeAllRank,
    ...blipNetworks("encoder"),
  },
  defaults: blipProcessors("blip_caption"),
  variants: {
    coco: {
      doc: "ViT-B/16 at 384 px; weights pre-trained on 129M pairs, fine-tuned ones for COCO.",
      options: {
        ...published,
        negative_all_rank: true,
        finetuned: lavisWeights("BLIP/blip_coco_retrieval.pth"),
      },
      defaults: trainedWith({ init_lr: 2e-5, max_epoch: 6, weight_decay: 0.04, batch: [32, 128] }),
    },
    flickr: {
      doc: "ViT-B/16 at 384 px; weights pre-trained on 129M pairs, fine-tuned ones for Flickr30k.",
      options: { ...published, finetuned: lavisWeights("BLIP/blip_flickr_retrieval.pth") },
      defaults: trainedWith({ init_lr: 1e-5, max_epoch: 6, batch: [32, 64] }),
    },
  },
  tasks: ["retrieval"],
  reads: ["image", "text_input", "image_id"],
});
