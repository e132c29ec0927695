import type { CaptionSizes } from "../../../../runtime/models/blip/caption.size.card.ts";

/** The sizes of the variant `blip_caption.tiny`. */
export const tiny: CaptionSizes = {
  image_size: 64,
  patch_size: 8,
  vit_embed_dim: 192,
  vit_depth: 4,
  vit_num_heads: 3,
  vit_grad_ckpt: false,
  vit_ckpt_layer: 0,
  text_hidden_size: 192,
  text_num_layers: 4,
  text_num_heads: 3,
  text_intermediate_size: 768,
  max_position_embeddings: 64,
  attention_probs_dropout_prob: 0.1,
  max_txt_len: 40,
  freeze: null,
};
