import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEngine } from "../../../../runtime/engine/open.ts";
import { BlipCaption } from "../../../../runtime/models/blip/caption.ts";
import type { MedConfig } from "../../../../runtime/models/blip/med-config.ts";
import type { VisionConfig } from "../../../../runtime/models/blip/vit.ts";
import type { CaptioningOptions } from "../../../../runtime/models/model.ts";
import { namedParameters } from "../../../../runtime/nn/module.ts";
import { evaluation } from "../../../../runtime/nn/stochastic.ts";
import { AdamW } from "../../../../runtime/optim/adamw.ts";
import { parameterGroups } from "../../../../runtime/optim/parameter-groups.ts";
import {
  type Engine,
  grad,
  item,
  KeyStream,
  key,
  noGrad,
  read,
  scope,
  type Tensor,
} from "../../../../runtime/tensor/index.ts";
import {
  BertTokenizer,
  decodeToken,
  type EncodedTexts,
  encodeToken,
} from "../../../../runtime/text/bert-tokenizer.ts";
import { readVocabulary } from "../../../../runtime/text/vocabulary.ts";
import { goldenJson, goldenPath } from "../../../golden.ts";
import { device, engineNames } from "../../engine/harness.ts";
import {
  GoldenTensors,
  norm,
  type OptimizerConfig,
  relativeDifference,
  type TrainingOutputs,
  updateDifference,
} from "../golden-model.ts";

const name = "blip_caption";

/** LAVIS's own generate takes no length_penalty: a case may leave it out. */
type Setting = Omit<CaptioningOptions, "length_penalty"> & { readonly length_penalty?: number };

interface Config {
  readonly vit: VisionConfig;
  readonly bert: MedConfig;
  readonly model: {
    readonly prompt: string;
    readonly prompt_length: number;
    readonly max_txt_len: number;
  };
  readonly batch: { readonly text_input: readonly string[] };
  readonly generate: Readonly<Record<string, Setting>>;
  readonly optimizer: OptimizerConfig;
}

interface Generated {
  readonly sequences: readonly (readonly number[])[];
  readonly captions: readonly string[];
  readonly sequences_scores?: readonly number[] | null;
}

const config = goldenJson<Config>(name, "config.json");
const outputs = goldenJson<TrainingOutputs & { readonly "eval.loss": number }>(name, "outputs.json");
const generated = goldenJson<Readonly<Record<string, Generated>>>(name, "outputs.json");
const inputs = new GoldenTensors(name, "inputs.safetensors");
const weights = new GoldenTensors(name, "weights.safetensors");
const expected = new GoldenTensors(name, "outputs.safetensors");

/** Beam search divides by the length: transformers' default, which LAVIS leaves. */
const optionsOf = (setting: Setting): CaptioningOptions => ({ length_penalty: 1, ...setting });
/** What `outputs.json` has of settings with several captions an image: [its key, the number, the setting]. */
const repeated = Object.keys(generated).flatMap((key) => {
  const [, count, setting] = /^generate_num_captions(\d+)_(.+)$/.exec(key) ?? [];
  return count !== undefined && setting !== undefined ? [[key, Number(count), setting] as const] : [];
});
const start = { epoch: 0, step: 0, stepsPerEpoch: 1 };

describe.each(engineNames)("blip_caption on %s, against LAVIS", (engineName) => {
  let engine: Engine;
  let model: BlipCaption;
  let tokenizer: BertTokenizer;
  let image: Tensor;

  beforeAll(async () => {
    ({ engine } = await openEngine(engineName, { device, threads: 2 }));
    tokenizer = BertTokenizer.fromVocabulary(await readVocabulary(goldenPath(name, "vocab.txt")), {
      addedTokens: [decodeToken, encodeToken],
    });
    model = newModel();
    image = inputs.on(engine, "image");
  });
  afterAll(() => engine?.dispose());

  function newModel(): BlipCaption {
    const { prompt, max_txt_len } = config.model;
    const sizes = { vision: config.vit, text: config.bert, prompt, max_txt_len };
    const made = new BlipCaption({ engine, keys: new KeyStream(key(0)) }, sizes, tokenizer);
    weights.loadInto(made);
    return made;
  }

  const training = () => ({ ...start, training: true, keys: new KeyStream(key(1)) });
  const captions = (): EncodedTexts => ({
    inputIds: inputs.integers("input_ids"),
    attentionMask: inputs.integers("attention_mask"),
    shape: inputs.get("input_ids").shape as [number, number],
  });

  /** The loss and, by name, the gradients of a training step. */
  function step(of: BlipCaption): { loss: number; gradients: Map<string, Tensor | null> } {
    return scope(engine, () => {
      const { loss, loss_lm } = of.forward({ image, text_input: config.batch.text_input }, training());
      expect(item(loss_lm!)).toBe(item(loss));
      const parameters = namedParameters(of);
      const gradients = grad(loss, [...parameters.values()]);
      const named = new Map(Array.from(parameters.keys(), (name, i) => [name, gradients[i]!] as const));
      return { loss: item(loss), gradients: named };
    });
  }

  test("tokenises the captions", () => {
    expect(tokenizer.encode(config.batch.text_input, { maxLength: config.model.max_txt_len })).toEqual(
      captions(),
    );
  });

  test("encodes images and predicts the next tokens", () => {
    scope(engine, () => {
      const states = model.visual_encoder.forward(image, training());
      expect(states.shape).toEqual(expected.get("image_embeds").shape);
      expect(relativeDifference(read(states), expected.floats("image_embeds"))).toBeLessThan(1e-4);
      const logits = model.text_decoder.logits(model.decode(captions(), states, training()));
      expect(logits.shape).toEqual(expected.get("decoder_logits").shape);
      expect(relativeDifference(read(logits), expected.floats("decoder_logits"))).toBeLessThan(1e-4);
    });
  });

  test("masks padding and the prompt out of the targets", () => {
    const labels = model.labels(captions());
    expect([...labels.ids]).toEqual([...expected.integers("decoder_labels")]);
    const { prompt_length } = config.model;
    expect([...labels.ids.subarray(0, prompt_length)]).toEqual(Array(prompt_length).fill(-100));
  });

  test("has the loss and the logits of evaluation", () => {
    noGrad(engine, () =>
      scope(engine, () => {
        const { loss } = model.forward(
          { image, text_input: config.batch.text_input },
          { ...start, ...evaluation() },
        );
        expect(Math.abs(item(loss) / outputs["eval.loss"] - 1)).toBeLessThan(1e-5);
        const states = model.visual_encoder.forward(image, evaluation());
        const logits = model.text_decoder.logits(model.decode(captions(), states, evaluation()));
        expect(relativeDifference(read(logits), expected.floats("eval.decoder_logits"))).toBeLessThan(1e-4);
      }),
    );
  });

  test("has the loss and the gradients of a training step", () => {
    const { loss, gradients } = step(model);
    expect(Math.abs(loss / outputs.losses_step0.loss! - 1)).toBeLessThan(1e-5);
    for (const parameter of expected.namesAfter("grad.")) {
      const difference = relativeDifference(
        read(gradients.get(parameter)!),
        expected.floats(`grad.${parameter}`),
      );
      expect(difference, parameter).toBeLessThan(1e-4);
    }
    const unused = Array.from(gradients)
      .filter(([, gradient]) => gradient === null)
      .map(([name]) => name);
    expect(unused).toEqual(outputs.params_without_grad_step0);
    const norms = Object.entries(outputs.grad_norms_step0);
    expect([...gradients.keys()].filter((name) => !unused.includes(name))).toEqual(
      norms.map(([name]) => name),
    );
    // Some gradients are zero but for rounding: those of key biases, which softmax cancels.
    const noise = 1e-6 * Math.max(...norms.map(([, value]) => value));
    for (const [name, value] of norms) {
      expect(Math.abs(norm(gradients.get(name)!) - value), name).toBeLessThan(1e-4 * value + noise);
    }
    for (const gradient of gradients.values()) gradient?.dispose();
  });

  test("groups its parameters", () => {
    const { weight_decay } = config.optimizer;
    const groups = parameterGroups(
      namedParameters(model),
      { weight_decay, lr_layer_decay: 1 },
      model.layerNumbering,
    );
    const listed = groups.map(({ weight_decay, lr_scale, parameters }) => ({
      weight_decay,
      lr_scale,
      params: [...parameters.keys()],
    }));
    expect(listed).toEqual(outputs.optimizer_groups);
  });

  test("learns in AdamW steps", () => {
    const { lr, betas, eps, weight_decay, steps } = config.optimizer;
    const learner = newModel();
    const parameters = namedParameters(learner);
    const groups = parameterGroups(parameters, { weight_decay, lr_layer_decay: 1 }, learner.layerNumbering);
    const optimizer = new AdamW(groups, { beta1: betas[0], beta2: betas[1], eps });
    const losses = Array.from({ length: steps }, () => {
      const { loss, gradients } = step(learner);
      optimizer.step(gradients, lr);
      for (const gradient of gradients.values()) gradient?.dispose();
      return loss;
    });
    for (const [i, { loss }] of outputs.loss_trajectory.entries()) {
      expect(Math.abs(losses[i]! / loss! - 1), `step ${i}`).toBeLessThan(1e-4);
    }
    for (const name of expected.namesAfter("after5.")) {
      const miss = updateDifference(
        read(parameters.get(name)!),
        expected.floats(`after5.${name}`),
        weights.floats(name),
      );
      expect(miss, name).toBeLessThan(1e-2);
    }
  });

  test.each(Object.entries(config.generate))("generates: %s", (setting, options) => {
    const golden = generated[`generate_${setting}`]!;
    const written = model.write(image, optionsOf(options));
    expectSequences(written, golden);
    expect(model.generate({ image }, optionsOf(options))).toEqual(golden.captions);
    const scores = golden.sequences_scores ?? golden.sequences.map(() => null);
    for (const [i, { score }] of written.entries()) {
      if (scores[i] === null) expect(score).toBeNull();
      else expect(Math.abs(score! - scores[i]!)).toBeLessThan(1e-5 * Math.abs(scores[i]!));
    }
  });

  test.each(repeated)("generates: %s", (key, num_captions, setting) => {
    const golden = generated[key]!;
    const options = { ...optionsOf(config.generate[setting]!), num_captions };
    expectSequences(model.write(image, options), golden);
    expect(model.generate({ image }, options)).toEqual(golden.captions);
  });

  /** Compares ids; LAVIS pads them to the longest. */
  function expectSequences(written: readonly { readonly ids: readonly number[] }[], golden: Generated): void {
    const padded = written.map(({ ids }, i) => {
      const missing = golden.sequences[i]!.length - ids.length;
      return [...ids, ...Array.from({ length: missing }, () => tokenizer.special.pad)];
    });
    expect(padded).toEqual(golden.sequences);
  }
});
