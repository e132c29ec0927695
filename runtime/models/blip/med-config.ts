import { UserError } from "../../errors.ts";

/** Sizes of a BERT with cross-attention; the keys are those of LAVIS's med_config.json. */
export interface MedConfig {
  /** Tokens, the added [DEC] and [ENC] included. */
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly max_position_embeddings: number;
  readonly hidden_dropout_prob: number;
  readonly attention_probs_dropout_prob: number;
  readonly layer_norm_eps: number;
  /** Standard deviation of the initial weights and embeddings. */
  readonly initializer_range: number;
  readonly pad_token_id: number;
  /** Width of the states that cross-attention reads. */
  readonly encoder_width: number;
  readonly add_cross_attention: boolean;
  /** Add the embedding of a token's type, which is always the first (ALBEF has it, BLIP does not). */
  readonly add_type_embeddings?: boolean;
  /** Token types; 2 unless given. Only with `add_type_embeddings`. */
  readonly type_vocab_size?: number;
}

/** Requires the heads to divide the width. @throws UserError */
export function checkMedConfig({ hidden_size, num_attention_heads }: MedConfig): void {
  if (hidden_size % num_attention_heads !== 0) {
    throw new UserError(
      `${num_attention_heads} attention heads do not divide the text model's width ${hidden_size}`,
      "make model.text_hidden_size a multiple of model.text_num_heads",
    );
  }
}
