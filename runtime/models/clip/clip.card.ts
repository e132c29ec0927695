import { bool, count, defineCard, listOf, oneOf } from "../../card.ts";
import { processedBy } from "../options/defaults.card.ts";
import { weightOptions } from "../options/weights.card.ts";

/** Where OpenAI publishes CLIP's weights, by the sum and name of the file. */
const openai = (file: string) => `https://openaipublic.azureedge.net/clip/models/${file}.pt`;

const size = (doc: string, value: number) => count({ doc, range: { min: 1 }, default: { value } });

/** CLIP's two encoders (Radford et al. 2021; LAVIS models/clip_models/model.py and its model_configs). */
const clipOptions = {
  ...weightOptions,
  image_size: count({
    doc: "Height and width of the input image; a multiple of `patch_size` where there is one.",
    dimension: "pixels",
    range: { min: 1 },
    default: { value: 224 },
  }),
  patch_size: count({
    doc: "Height and width of a patch of the image; none where the image encoder is a ResNet.",
    dimension: "pixels",
    range: { min: 1 },
    nullable: true,
    default: { value: 32 },
  }),
  vision_layers: listOf(count({ doc: "Layers." }), {
    doc: "Blocks of the vision transformer, or of each of the four stages of a ResNet.",
    single: true,
    default: { value: [12] },
  }),
  vision_width: size("Width of the vision transformer, or of a ResNet's first stage.", 768),
  embed_dim: size("Width of the space in which images and texts are compared.", 512),
  text_width: size("Width of the text encoder; a multiple of `text_heads`.", 512),
  text_heads: size("Attention heads of each layer of the text encoder.", 8),
  text_layers: size("Layers of the text encoder.", 12),
  context_length: count({
    doc: "Longest text, in tokens; the rest is cut off.",
    dimension: "tokens",
    range: { min: 1 },
    default: { value: 77 },
  }),
  quick_gelu: bool({
    doc: "Use OpenAI's approximation of GELU, x · sigmoid(1.702 x), which its weights need.",
    default: { value: true },
  }),
  precision: oneOf(["fp32", "fp16"], { doc: "Precision of the weights.", default: { value: "fp32" } }),
} as const;

const large = {
  vision_layers: [24],
  vision_width: 1024,
  patch_size: 14,
  embed_dim: 768,
  text_width: 768,
  text_heads: 12,
} as const;

const variants = {
  ViT_B_32: {
    doc: "ViT-B/32 at 224 px, OpenAI's weights.",
    lavisName: "ViT-B-32",
    options: {
      load_finetuned: false,
      pretrained: openai("40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af/ViT-B-32"),
    },
  },
  ViT_B_16: {
    doc: "ViT-B/16 at 224 px, OpenAI's weights.",
    lavisName: "ViT-B-16",
    options: {
      load_finetuned: false,
      patch_size: 16,
      pretrained: openai("5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f/ViT-B-16"),
    },
  },
  ViT_L_14: {
    doc: "ViT-L/14 at 224 px, OpenAI's weights.",
    lavisName: "ViT-L-14",
    options: {
      load_finetuned: false,
      ...large,
      pretrained: openai("b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836/ViT-L-14"),
    },
  },
  ViT_L_14_336: {
    doc: "ViT-L/14 at 336 px, OpenAI's weights.",
    lavisName: "ViT-L-14-336",
    options: {
      load_finetuned: false,
      ...large,
      image_size: 336,
      pretrained: openai("3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02/ViT-L-14-336px"),
    },
  },
  RN50: {
    doc: "ResNet-50 at 224 px, OpenAI's weights.",
    options: {
      load_finetuned: false,
      patch_size: null,
      vision_layers: [3, 4, 6, 3],
      vision_width: 64,
      embed_dim: 1024,
      pretrained: openai("afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762/RN50"),
    },
  },
} as const;

const shared = {
  implemented: false,
  options: clipOptions,
  defaults: processedBy("clip_image_train", "clip_image_eval", "blip_caption"),
  variants,
  tasks: ["retrieval", "multimodal_classification"],
  reads: ["image", "text_input"],
} as const;

export const clip = defineCard({
  kind: "model",
  name: "clip",
  doc: "CLIP: images and texts in one space, learned by contrast (Radford et al. 2021).",
  ...shared,
});

export const clip_feature_extractor = defineCard({
  kind: "model",
  name: "clip_feature_extractor",
  doc: "CLIP's features of images and texts: LAVIS's second name of `clip` (Radford et al. 2021).",
  ...shared,
});
