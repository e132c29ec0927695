import { mergeHeads, splitHeads } from "../../nn/heads.ts";
import { LayerNorm } from "../../nn/layer-norm.ts";
import { Linear } from "../../nn/linear.ts";
import { type Build, type Forward, Module } from "../../nn/module.ts";
import { drop } from "../../nn/stochastic.ts";
import { add, attention, concat, reshape, type Tensor } from "../../tensor/index.ts";
import type { MedConfig } from "./med-config.ts";

/** What attention reads: keys and values, [B, H, T, d] each. */
export interface Memory {
  readonly key: Tensor;
  readonly value: Tensor;
}

/** `past` followed by `present`, along the tokens. */
export function joinMemory(past: Memory, present: Memory): Memory {
  return { key: concat([past.key, present.key], 2), value: concat([past.value, present.value], 2) };
}

export interface Attending {
  /** Added to the scores: 0 or −10000, [B, 1, 1, T]; none where every key may be seen. */
  readonly mask?: Tensor | undefined;
  /** Hide keys that come after the query. */
  readonly causal: boolean;
}

class SelfAttention extends Module {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly #numHeads: number;
  readonly #dropout: number;

  constructor(build: Build, config: MedConfig, memoryWidth: number) {
    super();
    const { hidden_size, initializer_range: std } = config;
    this.query = Linear.create(build, { from: hidden_size, to: hidden_size, std });
    this.key = Linear.create(build, { from: memoryWidth, to: hidden_size, std });
    this.value = Linear.create(build, { from: memoryWidth, to: hidden_size, std });
    this.#numHeads = config.num_attention_heads;
    this.#dropout = config.attention_probs_dropout_prob;
  }

  /** Keys and values of states [B, T, memoryWidth]. */
  memoryOf(states: Tensor): Memory {
    return {
      key: splitHeads(this.key.forward(states), this.#numHeads), // [B, H, T, d]
      value: splitHeads(this.value.forward(states), this.#numHeads),
    };
  }

  /**
   * hidden: [R, T, D] → [R, T, D]. The memory may have fewer rows, B = R / n: each is read by n rows in turn
   * (the beams of an image), as if they were more queries of one row, so that it is never copied.
   */
  forward(hidden: Tensor, memory: Memory, { mask, causal }: Attending, at: Forward): Tensor {
    const batch = memory.key.shape[0] as number;
    const width = hidden.shape[2] as number;
    const folded = reshape(this.query.forward(hidden), [batch, -1, width]); // [B, n·T, D]
    const mixed = attention(splitHeads(folded, this.#numHeads), memory.key, memory.value, {
      causal,
      ...(mask ? { mask } : {}),
      ...(at.training && this.#dropout > 0 ? { dropout: { p: this.#dropout, key: at.keys.next() } } : {}),
    }); // [B, H, n·T, d]
    return reshape(mergeHeads(mixed), hidden.shape);
  }
}

/** A linear layer, dropout, and the norm after the residual sum; ends every part of a BERT layer. */
export class ResidualOutput extends Module {
  readonly dense: Linear;
  readonly LayerNorm: LayerNorm;
  readonly #dropout: number;

  constructor(build: Build, config: MedConfig, from: number) {
    super();
    const { hidden_size, initializer_range: std } = config;
    this.dense = Linear.create(build, { from, to: hidden_size, std });
    this.LayerNorm = new LayerNorm(build, hidden_size, config.layer_norm_eps);
    this.#dropout = config.hidden_dropout_prob;
  }

  /** x: [B, T, from], residual: [B, T, D] → [B, T, D] */
  forward(x: Tensor, residual: Tensor, at: Forward): Tensor {
    return this.LayerNorm.forward(add(drop(this.dense.forward(x), this.#dropout, at), residual));
  }
}

/** Multi-head attention to a memory, with its residual and norm (LAVIS, med.py `BertAttention`). */
export class MedAttention extends Module {
  readonly self: SelfAttention;
  readonly output: ResidualOutput;

  /** `memoryWidth`: the width of the states that are attended to. */
  constructor(build: Build, config: MedConfig, memoryWidth: number) {
    super();
    this.self = new SelfAttention(build, config, memoryWidth);
    this.output = new ResidualOutput(build, config, config.hidden_size);
  }

  /** Keys and values of states [B, T, memoryWidth]. */
  memoryOf(states: Tensor): Memory {
    return this.self.memoryOf(states);
  }

  /** hidden: [R, T, D] → [R, T, D]; the memory has R rows, or a divisor of it. */
  forward(hidden: Tensor, memory: Memory, attending: Attending, at: Forward): Tensor {
    return this.output.forward(this.self.forward(hidden, memory, attending, at), hidden, at);
  }
}
