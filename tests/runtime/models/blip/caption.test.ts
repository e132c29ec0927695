import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEngine } from "../../../../runtime/engine/open.ts";
import { BlipCaption, type BlipCaptionConfig } from "../../../../runtime/models/blip/caption.ts";
import type { CaptioningOptions } from "../../../../runtime/models/model.ts";
import { type Build, disposeModule, namedParameters, namedTensors } from "../../../../runtime/nn/module.ts";
import { AdamW } from "../../../../runtime/optim/adamw.ts";
import { parameterGroups } from "../../../../runtime/optim/parameter-groups.ts";
import {
  concat,
  type Engine,
  full,
  grad,
  item,
  KeyStream,
  key,
  read,
  scope,
  type Tensor,
  zeros,
} from "../../../../runtime/tensor/index.ts";
import { BertTokenizer, decodeToken, encodeToken } from "../../../../runtime/text/bert-tokenizer.ts";
import { device, engineNames } from "../../engine/harness.ts";
import { userErrorOf } from "../../generate/tiny-language.ts";

const words = ["a", "picture", "of", "black", "white", "square", "night", "snow", "##fall"];
const tokenizer = BertTokenizer.fromVocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ...words], {
  addedTokens: [decodeToken, encodeToken],
});
const config: BlipCaptionConfig = {
  vision: {
    img_size: 8,
    patch_size: 4,
    embed_dim: 16,
    depth: 2,
    num_heads: 2,
    mlp_ratio: 4,
    layer_norm_eps: 1e-6,
    drop_path_rate: 0,
  },
  text: {
    vocab_size: tokenizer.size,
    hidden_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 32,
    max_position_embeddings: 12,
    hidden_dropout_prob: 0,
    attention_probs_dropout_prob: 0,
    layer_norm_eps: 1e-12,
    initializer_range: 0.02,
    pad_token_id: tokenizer.special.pad,
    encoder_width: 16,
    add_cross_attention: true,
  },
  prompt: "a picture of ",
  max_txt_len: 12,
};
const options: CaptioningOptions = {
  num_beams: 3,
  max_length: 10,
  min_length: 5,
  repetition_penalty: 1,
  length_penalty: 1,
};
const start = { epoch: 0, step: 0, stepsPerEpoch: 1 };
const captions = ["a picture of black square night", "a picture of white snowfall"];

describe.each(engineNames)("blip_caption on %s", (engineName) => {
  let engine: Engine;
  /** A black image and a white one. */
  let image: Tensor;
  let text: BlipCaptionConfig["text"];

  beforeAll(async () => {
    ({ engine } = await openEngine(engineName, { device, threads: 2 }));
    const one = (value: number) => full(engine, [1, 3, 8, 8], value);
    image = scope(engine, () => concat([one(-1), one(1)], 0));
    text = config.text;
  });
  afterAll(() => engine?.dispose());

  const build = (seed = 0): Build => ({ engine, keys: new KeyStream(key(seed)) });
  const made = (change: Partial<BlipCaptionConfig> = {}) =>
    new BlipCaption(build(), { ...config, ...change }, tokenizer);
  const at = (seed: number, training = true) => ({ ...start, training, keys: new KeyStream(key(seed)) });
  const lossOf = (model: BlipCaption, seed = 0, training = true) =>
    scope(engine, () => item(model.forward({ image, text_input: captions }, at(seed, training)).loss));

  test("learns to tell two images apart", () => {
    const model = made();
    const parameters = namedParameters(model);
    const groups = parameterGroups(
      parameters,
      { weight_decay: 0.01, lr_layer_decay: 1 },
      model.layerNumbering,
    );
    const optimizer = new AdamW(groups, { beta1: 0.9, beta2: 0.999, eps: 1e-8 });
    for (let step = 0; step < 150; step++) {
      scope(engine, () => {
        const { loss } = model.forward({ image, text_input: captions }, at(step));
        const gradients = grad(loss, [...parameters.values()]);
        optimizer.step(
          new Map(Array.from(parameters.keys(), (name, i) => [name, gradients[i]!] as const)),
          3e-3,
        );
      });
    }
    const expected = ["black square night", "white snowfall"];
    expect(model.generate({ image }, options)).toEqual(expected);
    expect(model.generate({ image }, { ...options, num_beams: 1 })).toEqual(expected);
    const sampling = { keys: [key(1), key(2)], top_p: 0.5 };
    expect(model.generate({ image }, { ...options, sampling, num_captions: 2 })).toEqual([
      "black square night",
      "black square night",
      "white snowfall",
      "white snowfall",
    ]);
  });

  test("starts from the seed", () => {
    const [a, b] = [build(1), build(1)].map((from) => new BlipCaption(from, config, tokenizer));
    for (const [name, parameter] of namedParameters(a!)) {
      expect(read(parameter), name).toEqual(read(namedParameters(b!).get(name)!));
    }
    const other = new BlipCaption(build(2), config, tokenizer);
    expect(read(other.visual_encoder.pos_embed)).not.toEqual(read(a!.visual_encoder.pos_embed));
  });

  test.each([
    ["drop path", { vision: { ...config.vision, drop_path_rate: 0.9 } }],
    ["dropout", { text: { ...config.text, hidden_dropout_prob: 0.5 } }],
    ["dropout of attention", { text: { ...config.text, attention_probs_dropout_prob: 0.5 } }],
  ])("draws %s from the keys, in training only", (_, change) => {
    const model = made(change);
    // Initial weights are so small that what is dropped hardly shows: make it show.
    for (const [name, parameter] of namedParameters(model)) {
      if (/weight$/.test(name) && parameter.rank === 2) engine.scaleInPlace([parameter], 20);
    }
    const losses = [1, 1, 2].map((seed) => lossOf(model, seed));
    expect(losses[0]).toBe(losses[1]);
    expect(losses[0]).not.toBe(losses[2]);
    expect(lossOf(model, 1, false)).toBe(lossOf(model, 2, false));
    expect(lossOf(model, 1, false)).not.toBe(losses[0]);
  });

  test("computes activations again where asked to, with the same draws and less memory", () => {
    // Deep, so that what a block keeps is most of the memory.
    const vision = { ...config.vision, depth: 6, drop_path_rate: 0.5 };
    const text = { ...config.text, hidden_dropout_prob: 0.3 };
    const train = (num_recomputed: number) => {
      const model = made({ vision: { ...vision, num_recomputed }, text });
      const parameters = [...namedParameters(model).values()];
      const before = engine.memory().bytes;
      return scope(engine, () => {
        const { loss } = model.forward({ image, text_input: captions }, at(1));
        const held = engine.memory().bytes - before;
        return { loss: item(loss), held, gradients: grad(loss, parameters).map((x) => x && read(x)) };
      });
    };
    const [kept, recomputed] = [train(0), train(5)];
    expect(recomputed.loss).toBe(kept.loss);
    expect(recomputed.gradients).toEqual(kept.gradients);
    expect(recomputed.held).toBeLessThan(0.6 * kept.held);
  });

  test.each(["visual_encoder", "text_decoder"] as const)("keeps a frozen %s as it is", (freeze) => {
    const [whole, part] = [made(), made({ freeze })];
    const learning = [...namedParameters(part).keys()];
    expect(learning).toEqual(
      [...namedParameters(whole).keys()].filter((name) => !name.startsWith(`${freeze}.`)),
    );
    // It starts, and is saved, with the weights that it would have.
    expect([...namedTensors(part).keys()]).toEqual([...namedTensors(whole).keys()]);
    expect(read(part.visual_encoder.pos_embed)).toEqual(read(whole.visual_encoder.pos_embed));
    const gradientsOf = (model: BlipCaption) =>
      scope(engine, () => {
        const { loss } = model.forward({ image, text_input: captions }, at(0));
        const parameters = namedParameters(model);
        return grad(
          loss,
          learning.map((name) => parameters.get(name)!),
        ).map((gradient) => gradient && [...read(gradient)]);
      });
    const expectedOnes = gradientsOf(whole);
    for (const [index, gradient] of gradientsOf(part).entries()) {
      const expected = expectedOnes[index];
      expect(gradient?.map((one, i) => Math.abs(one - expected![i]!) < 1e-6)).not.toContain(false);
    }
  });

  test("draws nothing in a frozen part, and keeps nothing of a frozen vision transformer", () => {
    const vision = { ...config.vision, depth: 6, drop_path_rate: 0.9 };
    const held = (freeze?: "visual_encoder") => {
      const model = made({ vision, ...(freeze && { freeze }) });
      const before = engine.memory().bytes;
      return scope(engine, () => {
        const losses = [1, 2].map((seed) =>
          item(model.forward({ image, text_input: captions }, at(seed)).loss),
        );
        return { isDrawn: losses[0] !== losses[1], bytes: engine.memory().bytes - before };
      });
    };
    const [trained, frozen] = [held(), held("visual_encoder")];
    expect([trained.isDrawn, frozen.isDrawn]).toEqual([true, false]);
    expect(frozen.bytes).toBeLessThan(0.7 * trained.bytes);
  });

  test("frees what it makes", () => {
    const model = made();
    const parameters = [...namedParameters(model).values()];
    const before = engine.memory().tensors;
    model.generate({ image }, options);
    model.generate({ image }, { ...options, num_beams: 1 });
    expect(engine.memory().tensors).toBe(before);
    for (let step = 0; step < 2; step++) {
      scope(engine, () => {
        grad(model.forward({ image, text_input: captions }, at(step)).loss, parameters);
      });
    }
    expect(engine.memory().tensors).toBe(before);
    disposeModule(model);
    expect(engine.memory().tensors).toBeLessThanOrEqual(before - parameters.length);
  });

  test("fits position embeddings of larger images, and nothing else", () => {
    const model = made();
    const resized = model.resizeWeight("visual_encoder.pos_embed", {
      shape: [1, 17, 16],
      data: new Float32Array(17 * 16).fill(2),
    });
    expect(resized?.shape).toEqual([1, 5, 16]);
    for (const value of resized!.data) expect(value).toBeCloseTo(2, 5);
    const weight = { shape: [1, 17, 8], data: new Float32Array(17 * 8) };
    expect(model.resizeWeight("visual_encoder.pos_embed", weight)).toBeUndefined();
    expect(model.resizeWeight("visual_encoder.norm.bias", weight)).toBeUndefined();
  });

  test("numbers the layers of the vision transformer", () => {
    const { layerNumbering } = made();
    const layers = ["visual_encoder.pos_embed", "visual_encoder.patch_embed.proj.bias"].concat(
      "visual_encoder.blocks.0.attn.qkv.weight",
      "visual_encoder.blocks.1.mlp.fc1.bias",
      "visual_encoder.norm.weight",
      "text_decoder.cls.predictions.bias",
    );
    expect(layers.map((name) => layerNumbering.layerOf(name))).toEqual([0, 0, 1, 2, 2, undefined]);
    expect(layerNumbering.numLayers).toBe(2);
  });

  describe("refuses", () => {
    const messageOf = (body: () => unknown) => userErrorOf(body).message;

    test("images of another size", () => {
      const large = zeros(engine, [1, 3, 12, 8]);
      expect(messageOf(() => made().generate({ image: large }, options))).toBe(
        "the images are 8 × 12 px, the model takes 8 × 8 px",
      );
    });

    test("a batch whose captions are missing or of another number", () => {
      const model = made();
      expect(messageOf(() => model.forward({ image }, at(0)))).toContain("2 images and no captions");
      expect(messageOf(() => model.forward({ image, text_input: ["a"] }, at(0)))).toContain("2 images and 1");
    });

    test("captions that are nothing but the prompt", () => {
      const model = made({ max_txt_len: 4 });
      const error = userErrorOf(() => model.forward({ image, text_input: captions }, at(0)));
      expect(error.message).toContain('beyond the prompt "a picture of "');
    });

    test("texts longer than its positions", () => {
      const model = made({ text: { ...text, max_position_embeddings: 5 } });
      expect(messageOf(() => model.forward({ image, text_input: captions }, at(0)))).toContain(
        "longer than the 5 positions",
      );
      expect(messageOf(() => model.generate({ image }, { ...options, min_length: 9 }))).toContain(
        "a text of 6 tokens",
      );
    });

    test("sizes that do not fit", () => {
      const { vision } = config;
      expect(messageOf(() => made({ vision: { ...vision, img_size: 10 } }))).toBe(
        "patches of 4 px do not tile images of 10 px",
      );
      expect(messageOf(() => made({ vision: { ...vision, num_heads: 3 } }))).toContain("3 attention heads");
      expect(messageOf(() => made({ text: { ...text, num_attention_heads: 5 } }))).toContain(
        "do not divide the text model's width 16",
      );
      expect(messageOf(() => made({ text: { ...text, vocab_size: 99 } }))).toBe(
        `the tokenizer has ${tokenizer.size} tokens, the model 99`,
      );
    });
  });
});
