import { expect, test } from "vitest";
import { MedModel } from "../../../../runtime/models/blip/med.ts";
import type { MedConfig } from "../../../../runtime/models/blip/med-config.ts";
import { namedTensors } from "../../../../runtime/nn/module.ts";
import { evaluation } from "../../../../runtime/nn/stochastic.ts";
import {
  add,
  assign,
  KeyStream,
  key,
  narrow,
  read,
  scope,
  tensor,
  zeros,
} from "../../../../runtime/tensor/index.ts";
import { onEveryEngine } from "../../engine/harness.ts";

const config: MedConfig = {
  vocab_size: 11,
  hidden_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 16,
  max_position_embeddings: 8,
  hidden_dropout_prob: 0,
  attention_probs_dropout_prob: 0,
  layer_norm_eps: 1e-12,
  // Large, so that what is attended to matters.
  initializer_range: 0.5,
  pad_token_id: 0,
  encoder_width: 6,
  add_cross_attention: true,
};

onEveryEngine("the BERT of BLIP", (engine) => {
  test("adds the embedding of the first token type to every token where it is asked to", () => {
    scope(engine(), () => {
      const build = { engine: engine(), keys: new KeyStream(key(4)) };
      const model = new MedModel(build, { ...config, add_type_embeddings: true });
      const name = "embeddings.token_type_embeddings.weight";
      const types = namedTensors(model).get(name)!;
      expect(types.shape).toEqual([2, config.hidden_size]);
      const ids = tensor(engine(), Int32Array.of(9, 4, 1, 9, 0, 7), [2, 3]);
      const states = () => [...read(model.forward(ids, { causal: true }, undefined, evaluation()))];
      const typed = states();

      // The same as what positions that hold it already give.
      const positions = model.embeddings.position_embeddings.weight;
      const first = narrow(types, 0, 0, 1);
      assign(positions, add(positions, first));
      assign(types, zeros(engine(), types.shape));
      for (const [i, value] of states().entries()) expect(value).toBeCloseTo(typed[i]!, 5);
    });
  });

  test("has no type embeddings otherwise", () => {
    scope(engine(), () => {
      const model = new MedModel({ engine: engine(), keys: new KeyStream(key(4)) }, config);
      expect([...namedTensors(model).keys()].filter((name) => name.includes("type"))).toEqual([]);
    });
  });
});
