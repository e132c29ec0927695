import { Linear } from "../../nn/linear.ts";
import { type Build, type Forward, Module } from "../../nn/module.ts";
import { gelu, scope, type Tensor } from "../../tensor/index.ts";
import { type Attending, joinMemory, MedAttention, type Memory, ResidualOutput } from "./med-attention.ts";
import type { MedConfig } from "./med-config.ts";

/** The widening half of the feed-forward layer: [B, T, D] → [B, T, I]. */
class Intermediate extends Module {
  readonly dense: Linear;

  constructor(build: Build, { hidden_size, intermediate_size, initializer_range: std }: MedConfig) {
    super();
    this.dense = Linear.create(build, { from: hidden_size, to: intermediate_size, std });
  }

  forward(x: Tensor): Tensor {
    return gelu(this.dense.forward(x));
  }
}

/** States to attend to, [B, N, encoder_width], and what of them is hidden. */
export interface EncoderStates {
  readonly states: Tensor;
  /** 0 or −10000, [B, 1, 1, N]; none where all may be seen. */
  readonly mask?: Tensor | undefined;
}

/** What a layer keeps between the steps of decoding. */
export interface LayerMemory {
  /** Of the tokens so far: [R, H, T, d]; none before the first. */
  readonly past: Memory | undefined;
  /** Of the images: [B, H, N, d] with R = n·B. */
  readonly cross: Memory | undefined;
}

/** A BERT layer: self-attention, cross-attention if the model has it, feed-forward; norms after residuals. */
export class MedLayer extends Module {
  readonly attention: MedAttention;
  readonly crossattention: MedAttention | undefined;
  readonly intermediate: Intermediate;
  readonly output: ResidualOutput;

  constructor(build: Build, config: MedConfig) {
    super();
    this.attention = new MedAttention(build, config, config.hidden_size);
    this.crossattention = config.add_cross_attention
      ? new MedAttention(build, config, config.encoder_width)
      : undefined;
    this.intermediate = new Intermediate(build, config);
    this.output = new ResidualOutput(build, config, config.intermediate_size);
  }

  /** hidden: [B, T, D] → [B, T, D]. Without `encoder` the cross-attention is skipped. */
  forward(hidden: Tensor, attending: Attending, encoder: EncoderStates | undefined, at: Forward): Tensor {
    return scope(hidden.engine, () => {
      const cross = encoder && this.crossMemoryOf(encoder.states);
      return this.#run(hidden, this.attention.memoryOf(hidden), attending, cross, encoder?.mask, at);
    });
  }

  /** One step of decoding: hidden [R, T, D] of new tokens → their states and all tokens' keys and values. */
  decode(hidden: Tensor, memory: LayerMemory, at: Forward): { hidden: Tensor; past: Memory } {
    return scope(hidden.engine, () => {
      const present = this.attention.memoryOf(hidden);
      const past = memory.past ? joinMemory(memory.past, present) : present;
      return { hidden: this.#run(hidden, past, { causal: true }, memory.cross, undefined, at), past };
    });
  }

  /** Keys and values of an encoder's states [B, N, encoder_width]; none when the layer has no cross-attention. */
  crossMemoryOf(states: Tensor): Memory | undefined {
    return this.crossattention?.memoryOf(states);
  }

  #run(
    hidden: Tensor,
    memory: Memory,
    attending: Attending,
    cross: Memory | undefined,
    crossMask: Tensor | undefined,
    at: Forward,
  ): Tensor {
    let x = this.attention.forward(hidden, memory, attending, at);
    if (cross && this.crossattention) {
      x = this.crossattention.forward(x, cross, { mask: crossMask, causal: false }, at);
    }
    return this.output.forward(this.intermediate.forward(x), x, at);
  }
}
