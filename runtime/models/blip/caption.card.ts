import { bool, checkpoint, count, defineCard, oneOf, path, ratio, string } from "../../card.ts";

const vision = "https://storage.googleapis.com/sfr-vision-language-research";

/** The processors of LAVIS's BLIP model configurations (their `preprocess` section). */
const processors = {
  "dataset.vis_processor.train": { name: "blip_image_train", options: {} },
  "dataset.vis_processor.eval": { name: "blip_image_eval", options: {} },
  "dataset.text_processor.train": { name: "blip_caption", options: {} },
  "dataset.text_processor.eval": { name: "blip_caption", options: {} },
} as const;

/** BLIP's captioner: ViT encoder, BERT decoder with cross-attention (LAVIS models/blip_models/blip_caption.py). */
export const blip_caption = defineCard({
  kind: "model",
  name: "blip_caption",
  doc: "BLIP captioner: a vision transformer and a BERT decoder that attends to it (Li et al. 2022).",
  options: {
    load_pretrained: bool({
      doc: "Start from the weights that `pretrained` names.",
      default: { value: true },
    }),
    pretrained: checkpoint({
      doc: "Weights to fine-tune from: safetensors or a PyTorch .pth, a path or a URL.",
      nullable: true,
      default: { value: null },
    }),
    load_finetuned: bool({
      doc: "Start from the weights that `finetuned` names, instead of `pretrained`. True where `run.evaluate` is.",
      default: { follows: "run.evaluate" },
    }),
    finetuned: checkpoint({
      doc: "Weights that already do the task: safetensors or a PyTorch .pth, a path or a URL.",
      nullable: true,
      default: { value: null },
    }),
    image_size: count({
      doc: "Height and width of the input image; a multiple of `patch_size`.",
      dimension: "pixels",
      range: { min: 1 },
      default: { value: 384 },
    }),
    prompt: string({
      doc: "Start of every caption. Its tokens are given in generation, and have no loss in training.",
      default: { value: "a picture of " },
    }),
    max_txt_len: count({
      doc: "Longest caption in training, in tokens, prompt and markers included; the rest is cut off.",
      dimension: "tokens",
      range: { min: 1 },
      default: { value: 40 },
    }),
    vocab_file: path({
      doc: "WordPiece vocabulary, a token per line; none takes that of bert-base-uncased. [DEC] and [ENC] are appended.",
      nullable: true,
      default: { value: null },
    }),
    vit_type: oneOf(["base", "large", "tiny"], {
      doc: "Size of the vision transformer: sets the default of the four options after it.",
      default: { value: "base" },
    }),
    vit_embed_dim: count({
      doc: "Width of the vision transformer; a multiple of `vit_num_heads`.",
      range: { min: 1 },
      default: { follows: "model.vit_type", map: { base: 768, large: 1024, tiny: 192 } },
    }),
    vit_depth: count({
      doc: "Blocks of the vision transformer.",
      range: { min: 1 },
      default: { follows: "model.vit_type", map: { base: 12, large: 24, tiny: 4 } },
    }),
    vit_num_heads: count({
      doc: "Attention heads of each block of the vision transformer.",
      range: { min: 1 },
      default: { follows: "model.vit_type", map: { base: 12, large: 16, tiny: 3 } },
    }),
    vit_drop_path_rate: ratio({
      doc: "Stochastic depth: chance of skipping a block, rising linearly to this in the last one. Only in training.",
      range: { below: 1 },
      default: { follows: "model.vit_type", map: { base: 0, large: 0.1, tiny: 0 } },
    }),
    patch_size: count({
      doc: "Height and width of a patch of the image.",
      dimension: "pixels",
      range: { min: 1 },
      default: { value: 16 },
    }),
    vit_grad_ckpt: bool({
      doc: "Compute activations of the vision transformer again in the backward pass: less memory, more time, the same result.",
      default: { value: false },
    }),
    vit_ckpt_layer: count({
      doc: "How many of the last blocks `vit_grad_ckpt` recomputes.",
      default: { value: 0 },
      idleWhile: { option: "vit_grad_ckpt", is: false },
    }),
    text_hidden_size: count({
      doc: "Width of the text decoder; a multiple of `text_num_heads`.",
      range: { min: 1 },
      default: { value: 768 },
    }),
    text_num_layers: count({
      doc: "Layers of the text decoder.",
      range: { min: 1 },
      default: { value: 12 },
    }),
    text_num_heads: count({
      doc: "Attention heads of each layer of the text decoder.",
      range: { min: 1 },
      default: { value: 12 },
    }),
    text_intermediate_size: count({
      doc: "Width of the feed-forward layer in the text decoder.",
      range: { min: 1 },
      default: { value: 3072 },
    }),
    max_position_embeddings: count({
      doc: "Longest text that the decoder has positions for; at least `max_txt_len` and the task's `max_len`.",
      dimension: "tokens",
      range: { min: 1 },
      default: { value: 512 },
    }),
    hidden_dropout_prob: ratio({
      doc: "Dropout of the text decoder's hidden states, in training.",
      range: { below: 1 },
      default: { value: 0.1 },
    }),
    attention_probs_dropout_prob: ratio({
      doc: "Dropout of the text decoder's attention weights, in training.",
      range: { below: 1 },
      default: { value: 0.1 },
    }),
  },
  defaults: { ...processors, "schedule.min_lr": 0 },
  variants: {
    base_coco: {
      doc: "ViT-B/16 at 384 px; weights pre-trained on 129M pairs, fine-tuned ones for COCO captions.",
      options: {
        pretrained: `${vision}/BLIP/models/model_base_capfilt_large.pth`,
        finetuned: `${vision}/LAVIS/models/BLIP/blip_coco_caption_base.pth`,
      },
      defaults: {
        "schedule.init_lr": 1e-5,
        "schedule.max_epoch": 5,
        "run.batch_size_train": 32,
        "run.batch_size_eval": 64,
      },
    },
    large_coco: {
      doc: "ViT-L/16 at 384 px; weights pre-trained on 129M pairs, fine-tuned ones for COCO captions.",
      options: {
        vit_type: "large",
        vit_grad_ckpt: true,
        vit_ckpt_layer: 5,
        pretrained: `${vision}/BLIP/models/model_large.pth`,
        finetuned: `${vision}/BLIP/models/model_large_caption.pth`,
      },
      defaults: {
        "schedule.init_lr": 2e-6,
        "schedule.max_epoch": 5,
        "run.batch_size_train": 16,
        "run.batch_size_eval": 64,
      },
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
      defaults: {
        "schedule.init_lr": 5e-4,
        "schedule.max_epoch": 10,
        "run.batch_size_train": 32,
        "run.batch_size_eval": 64,
      },
    },
  },
  tasks: ["captioning"],
  reads: ["image", "text_input"],
});
