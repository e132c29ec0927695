// One contender of the step benchmarks: BLIP's captioner on an engine of ours, one training step a line on stdin.
//     tsx engine-step.ts torch '{"batch": 64, …}'
import { createInterface } from "node:readline";
import { type EngineName, openEngine } from "../../runtime/engine/open.ts";
import { BlipCaption } from "../../runtime/models/blip/caption.ts";
import type { Batch } from "../../runtime/models/model.ts";
import { namedParameters } from "../../runtime/nn/module.ts";
import { AdamW } from "../../runtime/optim/adamw.ts";
import { LossScaler } from "../../runtime/optim/loss-scaler.ts";
import { parameterGroups } from "../../runtime/optim/parameter-groups.ts";
import { type Device, KeyStream, key, read, wrap } from "../../runtime/tensor/index.ts";
import { BertTokenizer } from "../../runtime/text/bert-tokenizer.ts";
import { trainStep } from "../../runtime/train/step.ts";
import type { Precision } from "./results.ts";
import type { Size } from "./sizes.ts";

/** What a contender is started with. */
export interface StepConfig extends Size {
  readonly threads: number;
  readonly device: Device;
  readonly precision: Precision;
  /** How many of the vision transformer's last blocks compute their activations again for the gradient. */
  readonly num_recomputed: number;
}

const [name = "wasm", text = "{}"] = process.argv.slice(2);
const config = JSON.parse(text) as StepConfig;
const { device, precision, batch } = config;
const { engine } = await openEngine(name as EngineName, { device, threads: config.threads });

/** Words of one token each, so that a caption's length in words says its length in tokens. */
const specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const words = Array.from({ length: config.vocab_size - specials.length - 2 }, (_, i) => `w${i}`);
const tokenizer = BertTokenizer.fromVocabulary([...specials, ...words], { addedTokens: ["[DEC]", "[ENC]"] });

const model = new BlipCaption(
  { engine, keys: new KeyStream(key(0)) },
  {
    vision: {
      img_size: config.image_size,
      patch_size: config.patch_size,
      embed_dim: config.vit_embed_dim,
      depth: config.vit_depth,
      num_heads: config.vit_num_heads,
      mlp_ratio: 4,
      layer_norm_eps: 1e-6,
      drop_path_rate: 0,
      num_recomputed: config.num_recomputed,
    },
    text: {
      vocab_size: tokenizer.size,
      hidden_size: config.text_hidden_size,
      num_hidden_layers: config.text_num_layers,
      num_attention_heads: config.text_num_heads,
      intermediate_size: config.text_intermediate_size,
      max_position_embeddings: config.max_position_embeddings,
      hidden_dropout_prob: 0,
      attention_probs_dropout_prob: 0,
      layer_norm_eps: 1e-12,
      initializer_range: 0.02,
      pad_token_id: 0,
      encoder_width: config.vit_embed_dim,
      add_cross_attention: true,
    },
    prompt: "",
    max_txt_len: config.text_tokens,
  },
  tokenizer,
);
const parameters = namedParameters(model);
const optimizer = new AdamW(
  parameterGroups(parameters, { weight_decay: 0.05, lr_layer_decay: 1 }, model.layerNumbering),
  { beta1: 0.9, beta2: 0.999, eps: 1e-8 },
);
const captions = Array.from({ length: batch }, (_, row) =>
  Array.from({ length: config.text_tokens - 2 }, (_, i) => words[(row * 131 + i * 17) % words.length]).join(
    " ",
  ),
);
const shape = [batch, 3, config.image_size, config.image_size];
const pixels = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i * 0.7));
const load = (): Batch => ({ image: wrap(engine, pixels, shape), text_input: captions });

const amp = precision === "float32" ? undefined : precision;
const scaler = amp === "float16" ? new LossScaler() : undefined;
const trainable = { engine, model, parameters, optimizer, clipNorm: null, amp, scaler };

const say = (values: object): void => console.log(JSON.stringify(values));
let numParameters = 0;
for (const { size } of parameters.values()) numParameters += size;
say({ parameters: numParameters, version: `${engine.name} on ${engine.device}` });

/** Waits for a GPU, which computes in the order that it was asked to. */
const [smallest] = [...parameters.values()].sort((a, b) => a.size - b.size);
const synchronize = (): void => {
  if (device === "cuda" && smallest !== undefined) read(smallest);
};

let step = 0;
for await (const _ of createInterface({ input: process.stdin })) {
  const start = performance.now();
  const at = { epoch: 0, stepInEpoch: step, stepsPerEpoch: 1000, lr: 1e-4, key: key(1) };
  const { losses } = trainStep(trainable, [{ load, number: step }], at);
  step++;
  synchronize();
  const seconds = (performance.now() - start) / 1000;
  const { peakBytes } = engine.memory();
  const resident = process.resourceUsage().maxRSS * 1024;
  say({
    seconds,
    loss: losses.loss,
    peak: device === "cuda" ? peakBytes : resident,
    tensorPeak: peakBytes,
  });
}
optimizer.dispose();
engine.dispose();
