import { UserError } from "../../errors.ts";
import { Embedding } from "../../nn/embedding.ts";
import { LayerNorm } from "../../nn/layer-norm.ts";
import { type Build, type Forward, Module } from "../../nn/module.ts";
import { drop } from "../../nn/stochastic.ts";
import { add, arange, narrow, reshape, scope, type Tensor, tensor } from "../../tensor/index.ts";
import type { Attending, Memory } from "./med-attention.ts";
import { checkMedConfig, type MedConfig } from "./med-config.ts";
import { type EncoderStates, type LayerMemory, MedLayer } from "./med-layer.ts";

/** Sums of word, position and, where there are any, type embeddings, normalised. */
class Embeddings extends Module {
  readonly word_embeddings: Embedding;
  readonly position_embeddings: Embedding;
  readonly token_type_embeddings: Embedding | undefined;
  readonly LayerNorm: LayerNorm;
  /** int32 [1, max_position_embeddings]: 0, 1, 2, …; only there because checkpoints have it. */
  readonly position_ids: Tensor;
  readonly #config: MedConfig;

  constructor(build: Build, config: MedConfig) {
    super();
    const { vocab_size, hidden_size: width, max_position_embeddings, initializer_range: std } = config;
    this.word_embeddings = new Embedding(build, {
      rows: vocab_size,
      width,
      std,
      paddingIndex: config.pad_token_id,
    });
    this.position_embeddings = new Embedding(build, { rows: max_position_embeddings, width, std });
    this.token_type_embeddings = config.add_type_embeddings
      ? new Embedding(build, { rows: config.type_vocab_size ?? 2, width, std })
      : undefined;
    this.LayerNorm = new LayerNorm(build, width, config.layer_norm_eps);
    this.position_ids = reshape(arange(build.engine, 0, max_position_embeddings), [1, -1]);
    this.#config = config;
  }

  /** ids: int32 [B, T] of tokens after `numPast` others → [B, T, D]. */
  forward(ids: Tensor, numPast: number, at: Forward): Tensor {
    const length = ids.shape[1] as number;
    const { max_position_embeddings, hidden_dropout_prob } = this.#config;
    if (numPast + length > max_position_embeddings) {
      throw new UserError(
        `a text of ${numPast + length} tokens is longer than the ${max_position_embeddings} positions of the model`,
        "raise model.max_position_embeddings, or lower model.max_txt_len and the task's max_len",
      );
    }
    return scope(ids.engine, () => {
      const positions = narrow(this.position_embeddings.weight, 0, numPast, length); // [T, D]
      const words = this.word_embeddings.forward(ids); // [B, T, D]
      const types = this.token_type_embeddings;
      const typed = types ? add(words, narrow(types.weight, 0, 0, 1)) : words;
      const sum = add(typed, positions); // [B, T, D]
      return drop(this.LayerNorm.forward(sum), hidden_dropout_prob, at);
    });
  }
}

class Encoder extends Module {
  readonly layer: readonly MedLayer[];

  constructor(build: Build, config: MedConfig) {
    super();
    this.layer = Array.from({ length: config.num_hidden_layers }, () => new MedLayer(build, config));
  }
}

/**
 * BERT with cross-attention in every layer: the text model of BLIP, "mixture of encoder and decoder" (Li et
 * al. 2022). Parameter names and semantics of LAVIS's models/med.py, `BertModel` without a pooler.
 */
export class MedModel extends Module {
  readonly embeddings: Embeddings;
  readonly encoder: Encoder;

  /** @throws UserError when the heads do not divide the width. */
  constructor(build: Build, config: MedConfig) {
    super();
    checkMedConfig(config);
    this.embeddings = new Embeddings(build, config);
    this.encoder = new Encoder(build, config);
  }

  /**
   * ids: int32 [B, T] → [B, T, D].
   * `attending`: the mask of padding ({@link paddingMask}), and causal for a decoder.
   */
  forward(ids: Tensor, attending: Attending, encoder: EncoderStates | undefined, at: Forward): Tensor {
    let hidden = this.embeddings.forward(ids, 0, at);
    for (const layer of this.encoder.layer) hidden = layer.forward(hidden, attending, encoder, at);
    return hidden;
  }

  /**
   * One step of decoding: ids [R, T] of the tokens after those in `memories` (one per layer) → their states
   * [R, T, D], and the keys and values of all tokens so far, for the next step.
   */
  decode(
    ids: Tensor,
    memories: readonly LayerMemory[],
    at: Forward,
  ): { hidden: Tensor; past: readonly Memory[] } {
    const numPast = memories[0]?.past?.key.shape[2] ?? 0;
    let hidden = this.embeddings.forward(ids, numPast, at);
    const past = this.encoder.layer.map((layer, i) => {
      const step = layer.decode(hidden, memories[i] as LayerMemory, at);
      hidden = step.hidden;
      return step.past;
    });
    return { hidden, past };
  }
}

/**
 * What padding adds to attention scores: −10000 where `attentionMask` [B, T] is 0, as [B, 1, 1, T]; undefined
 * when there is no padding.
 */
export function paddingMask(
  like: Tensor,
  attentionMask: Int32Array,
  [batch, length]: readonly [number, number],
): Tensor | undefined {
  if (attentionMask.every((seen) => seen === 1)) return undefined;
  const added = Float32Array.from(attentionMask, (seen) => (seen === 1 ? 0 : -10_000));
  return tensor(like.engine, added, [batch, 1, 1, length]);
}
