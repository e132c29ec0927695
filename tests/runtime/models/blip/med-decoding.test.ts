import { expect, test } from "vitest";
import type { MedConfig } from "../../../../runtime/models/blip/med-config.ts";
import { MedDecoding } from "../../../../runtime/models/blip/med-decoding.ts";
import { MedLmDecoder } from "../../../../runtime/models/blip/med-lm.ts";
import { evaluation } from "../../../../runtime/nn/stochastic.ts";
import {
  type Engine,
  gather,
  KeyStream,
  key,
  logSoftmax,
  narrow,
  noGrad,
  randomNormal,
  read,
  scope,
  type Tensor,
  tensor,
} from "../../../../runtime/tensor/index.ts";
import { onEveryEngine } from "../../engine/harness.ts";

const config: MedConfig = {
  vocab_size: 11,
  hidden_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 16,
  max_position_embeddings: 8,
  hidden_dropout_prob: 0.5,
  attention_probs_dropout_prob: 0.5,
  layer_norm_eps: 1e-12,
  // Large, so that what is attended to matters.
  initializer_range: 0.5,
  pad_token_id: 0,
  encoder_width: 6,
  add_cross_attention: true,
};

onEveryEngine("decoding with kept keys and values", (engine) => {
  /** The scores of the next token after whole sequences, row r about image `images[r]`: no memory is used. */
  function scoresOf(
    model: MedLmDecoder,
    states: Tensor,
    rows: readonly (readonly number[])[],
    images: readonly number[],
  ): number[] {
    const on: Engine = states.engine;
    const length = rows[0]!.length;
    const ids = tensor(on, Int32Array.from(rows.flat()), [rows.length, length]);
    const own = gather(states, tensor(on, Int32Array.from(images), [images.length]), 0);
    const hidden = model.bert.forward(ids, { causal: true }, { states: own }, evaluation());
    return [...read(logSoftmax(model.logits(narrow(hidden, 1, length - 1, 1))))];
  }

  function expectClose(actual: Float32Array, expected: readonly number[]): void {
    expect(actual).toHaveLength(expected.length);
    for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
  }

  test("gives the scores of whole sequences, when rows move, multiply, and images are dropped", () => {
    noGrad(engine(), () =>
      scope(engine(), () => {
        const model = new MedLmDecoder({ engine: engine(), keys: new KeyStream(key(4)) }, config);
        const states = randomNormal(engine(), [3, 5, 6], key(5));
        const decoding = new MedDecoding(model, states);
        const scores = "logProbabilities";

        let rows: number[][] = [0, 1, 2].map(() => [9, 4]);
        expectClose(decoding.start([9, 4], scores), scoresOf(model, states, rows, [0, 1, 2]));

        // Two rows an image, then rows of each image swapped or doubled, then the middle image dropped.
        const steps = [
          { parents: [0, 0, 1, 1, 2, 2], tokens: [1, 2, 3, 4, 5, 6], images: [0, 0, 1, 1, 2, 2] },
          { parents: [1, 0, 2, 2, 5, 4], tokens: [7, 8, 9, 0, 1, 2], images: [0, 0, 1, 1, 2, 2] },
          { parents: [0, 0, 5, 4], tokens: [3, 4, 5, 6], images: [0, 0, 2, 2] },
          { parents: [1, 0, 2, 3], tokens: [7, 8, 9, 10], images: [0, 0, 2, 2] },
        ];
        for (const { parents, tokens, images } of steps) {
          rows = parents.map((parent, row) => [...rows[parent]!, tokens[row]!]);
          expectClose(decoding.advance(parents, tokens, scores), scoresOf(model, states, rows, images));
        }

        // Starting again forgets all of it.
        rows = [0, 1, 2].map(() => [3]);
        expectClose(decoding.start([3], scores), scoresOf(model, states, rows, [0, 1, 2]));
      }),
    );
  });
});
