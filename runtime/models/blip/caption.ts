import { dataPath } from "../../cache.ts";
import type { OptionsOf } from "../../card.ts";
import type { Collectives } from "../../distributed/collectives.ts";
import { largest } from "../../distributed/synchronise.ts";
import { UserError } from "../../errors.ts";
import { beamSearch } from "../../generate/beam-search.ts";
import type { Sequence } from "../../generate/decoder.ts";
import { greedy, sample } from "../../generate/token-by-token.ts";
import { interpolateGrid } from "../../nn/interpolate-positions.ts";
import { type Build, type Forward, Module } from "../../nn/module.ts";
import { evaluation } from "../../nn/stochastic.ts";
import { noGrad, scope, type Tensor, tensor } from "../../tensor/index.ts";
import { BertTokenizer, decodeToken, type EncodedTexts, encodeToken } from "../../text/bert-tokenizer.ts";
import { bertBaseUncasedVocabulary, readVocabulary } from "../../text/vocabulary.ts";
import type {
  Batch,
  Captioner,
  CaptioningOptions,
  LayerNumbering,
  Losses,
  TrainForward,
  Weight,
} from "../model.ts";
import type { blip_caption } from "./caption.card.ts";
import { paddingMask } from "./med.ts";
import type { MedConfig } from "./med-config.ts";
import { MedDecoding } from "./med-decoding.ts";
import { type Labels, MedLmDecoder } from "./med-lm.ts";
import { type VisionConfig, VisionTransformer, visionLayer } from "./vit.ts";

export interface BlipCaptionConfig {
  readonly vision: VisionConfig;
  readonly text: MedConfig;
  /** Start of every caption: given in generation, without loss in training. */
  readonly prompt: string;
  /** Longest caption in training, tokens; the rest is cut off. */
  readonly max_txt_len: number;
  /** The part that stays as it is; none unless given. */
  readonly freeze?: OptionsOf<typeof blip_caption>["freeze"];
}

type Part = NonNullable<BlipCaptionConfig["freeze"]>;

/**
 * BLIP's captioner: a vision transformer whose states a BERT decoder attends to (Li et al. 2022; LAVIS,
 * models/blip_models/blip_caption.py).
 */
export class BlipCaption extends Module implements Captioner {
  readonly visual_encoder: VisionTransformer;
  readonly text_decoder: MedLmDecoder;
  readonly layerNumbering: LayerNumbering;
  readonly #config: BlipCaptionConfig;
  readonly #tokenizer: BertTokenizer;
  /** The prompt's tokens, [DEC] first. */
  readonly #promptIds: readonly number[];
  /** Characters that the prompt and the space after it take in decoded text. */
  readonly #promptLength: number;

  /**
   * `tokenizer` has [DEC], and as many tokens as `config.text.vocab_size`.
   * @throws UserError when sizes do not fit each other.
   */
  constructor(build: Build, config: BlipCaptionConfig, tokenizer: BertTokenizer) {
    super();
    if (tokenizer.size !== config.text.vocab_size) {
      throw new UserError(
        `the tokenizer has ${tokenizer.size} tokens, the model ${config.text.vocab_size}`,
        "give the vocabulary that the model was made for as model.vocab_file",
      );
    }
    const buildOf = (part: Part): Build => (part === config.freeze ? { ...build, isFrozen: true } : build);
    this.visual_encoder = new VisionTransformer(buildOf("visual_encoder"), config.vision);
    this.text_decoder = new MedLmDecoder(buildOf("text_decoder"), config.text);
    const { depth } = config.vision;
    const prefix = "visual_encoder.";
    this.layerNumbering = {
      numLayers: depth,
      layerOf: (name) =>
        name.startsWith(prefix) ? visionLayer(name.slice(prefix.length), depth) : undefined,
    };
    this.#config = config;
    this.#tokenizer = tokenizer;
    const prompt = tokenizer.encode([config.prompt]).inputIds.slice(0, -1); // without [SEP]
    prompt[0] = tokenizer.id(decodeToken);
    this.#promptIds = [...prompt];
    const promptText = tokenizer.decode(prompt, { skipSpecialTokens: true });
    this.#promptLength = promptText === "" ? 0 : promptText.length + 1;
  }

  /** The loss of captions: `loss_lm`, which is also the `loss`. */
  forward(batch: Batch, at: TrainForward): Losses {
    const images = batch.image.shape[0];
    const texts = batch.text_input;
    if (!texts || texts.length !== images) {
      throw new UserError(
        `a batch has ${images} images and ${texts?.length ?? "no"} captions`,
        "every sample of the training split needs an image and a text_input",
      );
    }
    const captions = this.#encode(texts, at.processes);
    const labels = this.labels(captions);
    const loss = scope(batch.image.engine, () => {
      const states = this.visual_encoder.forward(batch.image, this.#inPart("visual_encoder", at)); // [B, N, E]
      const hidden = this.decode(captions, states, this.#inPart("text_decoder", at)); // [B, T, D]
      return this.text_decoder.loss(hidden, labels);
    });
    return { loss, loss_lm: loss, terms: labels.ids.reduce((count, id) => (id < 0 ? count : count + 1), 0) };
  }

  /** What a part of the model gets: a frozen one drops nothing out. */
  #inPart(part: Part, at: Forward): Forward {
    return part === this.#config.freeze ? evaluation() : at;
  }

  /** The tokens of captions, filled up to the longest of all processes: dropout then draws as for a whole batch. */
  #encode(texts: readonly string[], processes: Collectives | undefined): EncodedTexts {
    const { max_txt_len: maxLength } = this.#config;
    const captions = this.#tokenizer.encode(texts, { maxLength });
    const width = largest(processes, captions.shape[1], "length of captions");
    return width === captions.shape[1]
      ? captions
      : this.#tokenizer.encode(texts, { maxLength, minWidth: width });
  }

  /** The decoder's states [B, T, D] of captions as the tokenizer gives them, about images' states [B, N, E]. */
  decode(captions: EncodedTexts, states: Tensor, at: Forward): Tensor {
    const { attentionMask, shape } = captions;
    const ids = tensor(states.engine, this.#startWithDecode(captions), shape);
    const mask = paddingMask(states, attentionMask, shape);
    return this.text_decoder.bert.forward(ids, { mask, causal: true }, { states }, at);
  }

  /**
   * The targets of captions: their tokens, without padding and prompt.
   * @throws UserError when no caption has a token after the prompt, as there is no loss then.
   */
  labels(captions: EncodedTexts): Labels {
    const ids = this.#startWithDecode(captions);
    const length = captions.shape[1];
    const { pad } = this.#tokenizer.special;
    for (let i = 0; i < ids.length; i++) {
      if (i % length < this.#promptIds.length || ids[i] === pad) ids[i] = -100;
    }
    if (ids.every((id) => id < 0)) {
      throw new UserError(
        `no caption of the batch goes beyond the prompt ${JSON.stringify(this.#config.prompt)}`,
        'give the text_processor the model\'s prompt, so that captions start with it, or set model.prompt to ""',
      );
    }
    return { ids, shape: captions.shape };
  }

  generate(batch: Batch, options: CaptioningOptions): string[] {
    return this.write(batch.image, options).map(({ ids }) => {
      return this.#tokenizer.decode(ids, { skipSpecialTokens: true }).slice(this.#promptLength);
    });
  }

  /** The sequences behind {@link generate}, prompt and end token included. image: [B, 3, S, S]. */
  write(image: Tensor, options: CaptioningOptions): Sequence[] {
    const { num_captions = 1, sampling, num_beams } = options;
    const { engine } = image;
    const prompt = this.#promptIds;
    const shared = { ...options, endId: this.#tokenizer.special.sep };
    const sequences = noGrad(engine, () =>
      scope(engine, () => {
        const decoder = new MedDecoding(this.text_decoder, this.visual_encoder.forward(image, evaluation()));
        if (sampling) {
          const { keys, temperature = 1, top_k = 50, top_p = 0.9 } = sampling;
          return sample(decoder, prompt, { ...shared, keys, temperature, top_k, top_p, num_captions });
        }
        return num_beams > 1 ? beamSearch(decoder, prompt, shared) : greedy(decoder, prompt, shared);
      }),
    );
    return sampling ? sequences : sequences.flatMap((one) => Array.from({ length: num_captions }, () => one));
  }

  /** Interpolates the position embeddings of images of another size. */
  resizeWeight(name: string, { shape, data }: Weight): Weight | undefined {
    const wanted = this.visual_encoder.pos_embed.shape;
    if (name !== "visual_encoder.pos_embed" || shape.length !== 3 || shape[2] !== wanted[2]) return undefined;
    const [, numTokens, width] = shape as [number, number, number];
    const resized = interpolateGrid({ numTokens, width, data }, wanted[1] as number);
    return { shape: wanted, data: resized.data };
  }

  /** A copy of the ids [B, T] with [DEC] in place of [CLS]. */
  #startWithDecode({ inputIds, shape }: EncodedTexts): Int32Array {
    const ids = inputIds.slice();
    for (let row = 0; row < shape[0]; row++) ids[row * shape[1]] = this.#promptIds[0] as number;
    return ids;
  }
}

/**
 * The model that a recipe's options describe, with initial weights; downloads the vocabulary of
 * bert-base-uncased at first use unless `vocab_file` names another.
 * @throws UserError when options do not fit each other or the vocabulary cannot be read.
 */
export async function createBlipCaption(
  build: Build,
  options: OptionsOf<typeof blip_caption>,
): Promise<BlipCaption> {
  const vocabulary = await (options.vocab_file === null
    ? bertBaseUncasedVocabulary()
    : readVocabulary(dataPath(options.vocab_file)));
  const tokenizer = BertTokenizer.fromVocabulary(vocabulary, { addedTokens: [decodeToken, encodeToken] });
  const config: BlipCaptionConfig = {
    vision: {
      img_size: options.image_size,
      patch_size: options.patch_size,
      embed_dim: options.vit_embed_dim,
      depth: options.vit_depth,
      num_heads: options.vit_num_heads,
      mlp_ratio: 4,
      layer_norm_eps: 1e-6,
      drop_path_rate: options.vit_drop_path_rate,
      num_recomputed: options.vit_grad_ckpt ? options.vit_ckpt_layer : 0,
    },
    text: {
      vocab_size: tokenizer.size,
      hidden_size: options.text_hidden_size,
      num_hidden_layers: options.text_num_layers,
      num_attention_heads: options.text_num_heads,
      intermediate_size: options.text_intermediate_size,
      max_position_embeddings: options.max_position_embeddings,
      hidden_dropout_prob: options.hidden_dropout_prob,
      attention_probs_dropout_prob: options.attention_probs_dropout_prob,
      layer_norm_eps: 1e-12,
      initializer_range: 0.02,
      pad_token_id: tokenizer.special.pad,
      encoder_width: options.vit_embed_dim,
      add_cross_attention: true,
    },
    prompt: options.prompt,
    max_txt_len: options.max_txt_len,
    freeze: options.freeze,
  };
  return new BlipCaption(build, config, tokenizer);
}
