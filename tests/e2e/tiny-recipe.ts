/**
 * The text of a recipe's task and model on the data of `makeData`: a captioner that takes a step in milliseconds. The
 * program-side counterpart is `tinyModel`.
 */
export const tinyCaptioner = `task captioning { max_len = 7, min_len = 4, num_beams = 2 }
  model blip_caption.tiny {
    image_size = 32px
    patch_size = 16px
    vit_embed_dim = 32
    vit_depth = 1
    vit_num_heads = 2
    text_hidden_size = 32
    text_num_layers = 1
    text_num_heads = 2
    text_intermediate_size = 64
    max_position_embeddings = 16
    max_txt_len = 16
    vocab_file = "vocab.txt"
  }`;
