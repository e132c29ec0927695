import { LayerNorm } from "../../nn/layer-norm.ts";
import { Linear } from "../../nn/linear.ts";
import { type Build, learned, Module } from "../../nn/module.ts";
import {
  crossEntropy,
  gather,
  gelu,
  reshape,
  scope,
  type Tensor,
  tensor,
  zeros,
} from "../../tensor/index.ts";
import { MedModel } from "./med.ts";
import type { MedConfig } from "./med-config.ts";

/** A linear layer, GELU and a norm before the scores of the vocabulary. */
class Transform extends Module {
  readonly dense: Linear;
  readonly LayerNorm: LayerNorm;

  constructor(build: Build, { hidden_size, initializer_range: std, layer_norm_eps }: MedConfig) {
    super();
    this.dense = Linear.create(build, { from: hidden_size, to: hidden_size, std });
    this.LayerNorm = new LayerNorm(build, hidden_size, layer_norm_eps);
  }

  forward(x: Tensor): Tensor {
    return this.LayerNorm.forward(gelu(this.dense.forward(x)));
  }
}

/** Scores of the vocabulary; its matrix is that of the word embeddings, its bias has two names. */
class Predictions extends Module {
  readonly bias: Tensor;
  readonly transform: Transform;
  readonly decoder: Linear;

  constructor(build: Build, config: MedConfig, wordEmbeddings: Tensor) {
    super();
    this.bias = learned(build, zeros(build.engine, [config.vocab_size]));
    this.transform = new Transform(build, config);
    this.decoder = new Linear(wordEmbeddings, this.bias);
  }

  /** [..., D] → [..., V] */
  forward(hidden: Tensor): Tensor {
    return this.decoder.forward(this.transform.forward(hidden));
  }
}

class Head extends Module {
  readonly predictions: Predictions;

  constructor(build: Build, config: MedConfig, wordEmbeddings: Tensor) {
    super();
    this.predictions = new Predictions(build, config, wordEmbeddings);
  }
}

/** What LAVIS's med.py mixes into the targets of language modelling. */
const labelSmoothing = 0.1;

/** Targets of language modelling outside an engine: the tokens [B, T], −100 where there is no loss. */
export interface Labels {
  readonly ids: Int32Array;
  readonly shape: readonly [batch: number, length: number];
}

/** BERT with a language-modelling head (LAVIS, models/med.py `XBertLMHeadDecoder`). */
export class MedLmDecoder extends Module {
  readonly bert: MedModel;
  readonly cls: Head;

  constructor(build: Build, config: MedConfig) {
    super();
    this.bert = new MedModel(build, config);
    this.cls = new Head(build, config, this.bert.embeddings.word_embeddings.weight);
  }

  /** Scores of the next token after each state: [..., D] → [..., V]. */
  logits(hidden: Tensor): Tensor {
    return scope(hidden.engine, () => this.cls.predictions.forward(hidden));
  }

  /**
   * Mean cross entropy of predicting each label from the state before it. hidden: [B, T, D].
   * Only the states that have a target go through the head. NaN when none has.
   */
  loss(hidden: Tensor, labels: Labels): Tensor {
    const { engine } = hidden;
    const [batch, length] = labels.shape;
    const rows: number[] = [];
    const targets: number[] = [];
    for (let row = 0; row < batch; row++) {
      for (let place = 1; place < length; place++) {
        const target = labels.ids[row * length + place] as number;
        if (target < 0) continue;
        rows.push(row * length + place - 1);
        targets.push(target);
      }
    }
    return scope(engine, () => {
      const states = reshape(hidden, [batch * length, -1]); // [B·T, D]
      const chosen = gather(states, tensor(engine, Int32Array.from(rows), [rows.length]), 0); // [M, D]
      const wanted = tensor(engine, Int32Array.from(targets), [targets.length]);
      return crossEntropy(this.cls.predictions.forward(chosen), wanted, { labelSmoothing });
    });
  }
}
