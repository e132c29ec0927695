// One contender of the step benchmark: BLIP's captioner on an engine of ours, one training step a line on stdin.
//     tsx engine-step.ts wasm '{"batch": 64, …}'
import { createInterface } from "node:readline";
import { openEngine } from "../../runtime/engine/open.ts";
import { BlipCaption } from "../../runtime/models/blip/caption.ts";
import { namedParameters } from "../../runtime/nn/module.ts";
import { AdamW } from "../../runtime/optim/adamw.ts";
import { parameterGroups } from "../../runtime/optim/parameter-groups.ts";
import { fold, KeyStream, key, randomUniform } from "../../runtime/tensor/index.ts";
import { BertTokenizer } from "../../runtime/text/bert-tokenizer.ts";
import { trainStep } from "../../runtime/train/step.ts";
import type { Size } from "./sizes.ts";

const [name = "wasm", text = "{}"] = process.argv.slice(2);
const size = JSON.parse(text) as Size & { readonly threads: number };
const { engine } = await openEngine(name as "wasm", { device: "cpu", threads: size.threads });

/** Words of one token each, so that a caption's length in words says its length in tokens. */
const specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const words = Array.from({ length: size.vocab_size - specials.length - 2 }, (_, i) => `w${i}`);
const tokenizer = BertTokenizer.fromVocabulary([...specials, ...words], { addedTokens: ["[DEC]", "[ENC]"] });

const model = new BlipCaption(
  { engine, keys: new KeyStream(key(0)) },
  {
    vision: {
      img_size: size.image_size,
      patch_size: size.patch_size,
      embed_dim: size.vit_embed_dim,
      depth: size.vit_depth,
      num_heads: size.vit_num_heads,
      mlp_ratio: 4,
      layer_norm_eps: 1e-6,
      drop_path_rate: 0,
    },
    text: {
      vocab_size: tokenizer.size,
      hidden_size: size.text_hidden_size,
      num_hidden_layers: size.text_num_layers,
      num_attention_heads: size.text_num_heads,
      intermediate_size: size.text_intermediate_size,
      max_position_embeddings: size.max_position_embeddings,
      hidden_dropout_prob: 0,
      attention_probs_dropout_prob: 0,
      layer_norm_eps: 1e-12,
      initializer_range: 0.02,
      pad_token_id: 0,
      encoder_width: size.vit_embed_dim,
      add_cross_attention: true,
    },
    prompt: "",
    max_txt_len: size.text_tokens,
  },
  tokenizer,
);
const parameters = namedParameters(model);
const optimizer = new AdamW(
  parameterGroups(parameters, { weight_decay: 0.05, lr_layer_decay: 1 }, model.layerNumbering),
  { beta1: 0.9, beta2: 0.999, eps: 1e-8 },
);
const captions = Array.from({ length: size.batch }, (_, row) =>
  Array.from({ length: size.text_tokens - 2 }, (_, i) => words[(row * 131 + i * 17) % words.length]).join(
    " ",
  ),
);
const root = key(1);
const say = (values: object): void => console.log(JSON.stringify(values));

let numParameters = 0;
for (const { size: elements } of parameters.values()) numParameters += elements;
say({ ready: true, parameters: numParameters, version: engine.name });

let step = 0;
for await (const _ of createInterface({ input: process.stdin })) {
  const start = performance.now();
  const { losses } = trainStep(
    { engine, model, parameters, optimizer, clipNorm: null },
    [
      () => ({
        image: randomUniform(engine, [size.batch, 3, size.image_size, size.image_size], fold(root, step), {
          low: -1,
          high: 1,
        }),
        text_input: captions,
      }),
    ],
    { epoch: 0, stepInEpoch: step, stepsPerEpoch: 1000, lr: 1e-4, key: root, firstBatch: step },
  );
  step++;
  const seconds = (performance.now() - start) / 1000;
  say({ seconds, loss: losses.loss, peak: process.resourceUsage().maxRSS * 1024 });
}
engine.dispose();
