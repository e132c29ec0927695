import { defineCard } from "../../card.ts";
import { trainedWith } from "../../train/training-defaults.card.ts";
import { blipProcessors } from "../options/defaults.card.ts";
import { frozenPart } from "../options/freeze.card.ts";
import { bertOptions, blipVocabularyFile, captionPrompt, maxTextLength } from "../options/text.card.ts";
import { imageSize, vitOptions } from "../options/vit.card.ts";
import { blipWeights, lavisWeights, weightOptions } from "../options/weights.card.ts";

/** BLIP's captioner: ViT encoder, BERT decoder with cross-attention (LAVIS models/blip_models/blip_caption.py). */
export const blip_caption = defineCard({
  kind: "model",
  name: "blip_caption",
  doc: "BLIP captioner: a vision transformer and a BERT decoder that attends to it (Li et al. 2022).",
  options: {
    ...weightOptions,
    freeze: frozenPart(["visual_encoder", "text_decoder"]),
    image_size: imageSize(384),
    prompt: captionPrompt,
    max_txt_len: maxTextLength(40, "caption"),
    vocab_file: blipVocabularyFile,
    ...vitOptions,
    ...bertOptions("decoder"),
  },
  defaults: { ...blipProcessors("blip_caption"), "schedule.min_lr": 0 },
  variants: {
    base_coco: {
      doc: "ViT-B/16 at 384 px; weights pre-trained on 129M pairs, fine-tuned ones for COCO captions.",
      options: {
        pretrained: blipWeights("model_base_capfilt_large.pth"),
        finetuned: lavisWeights("BLIP/blip_coco_caption_base.pth"),
      },
      defaults: trainedWith({ init_lr: 1e-5, max_epoch: 5, batch: [32, 64] }),
    },
    large_coco: {
      doc: "ViT-L/16 at 384 px; weights pre-trained on 129M pairs, fine-tuned ones for COCO captions.",
      options: {
        vit_type: "large",
        vit_grad_ckpt: true,
        vit_ckpt_layer: 5,
        pretrained: blipWeights("model_large.pth"),
        finetuned: blipWeights("model_large_caption.pth"),
      },
      defaults: trainedWith({ init_lr: 2e-6, max_epoch: 5, batch: [16, 64] }),
    },
    tiny: {
      doc: "A model of a few million parameters for small images, trained from nothing: first steps, tests, laptops.",
      options: {
        load_pretrained: false,
        image_size: 64,
        patch_size: 8,
        vit_type: "tiny",
        text_hidden_size: 192,
        text_num_layers: 4,
        text_num_heads: 3,
        text_intermediate_size: 768,
        max_position_embeddings: 64,
      },
      defaults: trainedWith({ init_lr: 5e-4, max_epoch: 10, batch: [32, 64] }),
    },
  },
  tasks: ["captioning"],
  reads: ["image", "text_input"],
});
