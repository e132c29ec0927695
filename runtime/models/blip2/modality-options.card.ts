import { block, bool, checkpoint, count, type Options, oneOf, ratio, string } from "../../card.ts";

/** The modalities of X-InstructBLIP, each with an encoder, a Q-Former and a projection of its own. */
export const modalities = ["audio", "video", "pc", "image"] as const;
export type Modality = (typeof modalities)[number];

const flag = (doc: string, value: boolean) => bool({ doc, default: { value } });
const text = (doc: string) => string({ doc, default: { value: "" } });

/** What a modality is, in words, its encoder by default, and the width of the encoder's features. */
const encoders = {
  image: { noun: "images", encoder: "eva_clip_g", width: 1408, hasSize: true },
  pc: { noun: "clouds of points", encoder: "ulip2_pointbert", width: 512, hasSize: false },
  video: { noun: "videos", encoder: "eva_clip_g", width: 14_080, hasSize: true },
  audio: { noun: "sounds", encoder: "beats", width: 768, hasSize: false },
} as const;

/** The options of one modality, each with the modality in its name (LAVIS models/blip2_models/blip2_vicuna_xinstruct.py). */
export function modalityOptions(modality: Modality): Options {
  const { noun, encoder, width, hasSize } = encoders[modality];
  const qformer = `pretrained_${modality}_qformer`;
  return {
    [`${modality}_model`]: string({
      doc: `The encoder of ${noun}, by LAVIS's name of it.`,
      default: { value: encoder },
    }),
    ...(hasSize && encoderOptions(modality, noun)),
    [`${modality}_precision`]: oneOf(["fp16", "fp32"], {
      doc: `Precision of the weights of the encoder of ${noun}.`,
      default: { value: "fp16" },
    }),
    [`freeze_${modality}`]: flag(`Keep the encoder of ${noun} as it is, rather than train it.`, true),
    [`cached_${modality}`]: flag(`Take features of ${noun} that were extracted beforehand.`, false),
    [`num_features_${modality}`]: count({
      doc: `Width of the features of ${noun}, where they were extracted beforehand.`,
      range: { min: 1 },
      default: { value: width },
    }),
    [qformer]: checkpoint({
      doc: `Weights of the Q-Former of ${noun}: a path or a URL; none starts from BERT.`,
      nullable: true,
      default: { value: null },
    }),
    [`load_attention_${modality}_qformer`]: flag(
      `Take the cross-attention from \`${qformer}\` as well.`,
      false,
    ),
    [`load_qformer_type_${modality}`]: text(
      `The modality whose Q-Former is taken from \`${qformer}\`; empty takes the only one.`,
    ),
    [`load_ln_type_${modality}`]: text(
      `The modality whose layer norm is taken from \`${qformer}\`; empty makes a new one.`,
    ),
    [`load_projection_${modality}`]: flag(
      `Take the projection into the language model from \`${qformer}\` as well.`,
      true,
    ),
    [`load_projection_type_${modality}`]: text(
      `The modality whose projection is taken; empty takes the only one.`,
    ),
    [`encoder_projection_type_${modality}`]: text(
      `With a shared Q-Former: the modality whose projection into it is taken.`,
    ),
    [`projection_only_${modality}`]: flag(
      `Map ${noun} into the language model by a projection alone, without a Q-Former.`,
      false,
    ),
    [`projection_path_${modality}`]: checkpoint({
      doc: "Weights of that projection alone: a path or a URL.",
      nullable: true,
      default: { value: null },
    }),
  };
}

function encoderOptions(modality: Modality, noun: string): Options {
  return {
    [`${modality}_encoder_kwargs`]: block(
      {
        image_size: count({
          doc: "Height and width of the input; a multiple of the patch's 14.",
          dimension: "pixels",
          range: { min: 1 },
          default: { value: 224 },
        }),
        drop_path_rate: ratio({
          doc: "Stochastic depth of the last block, in training.",
          default: { value: 0 },
        }),
        use_grad_checkpoint: flag(
          "Compute activations again in the backward pass: less memory, more time.",
          false,
        ),
      },
      { doc: `The vision transformer of ${noun}.` },
    ),
  };
}
