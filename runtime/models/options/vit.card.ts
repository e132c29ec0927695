import { bool, count, number, oneOf, ratio } from "../../card.ts";

/** The input of a model with a vision transformer whose patches are an option. */
export const imageSize = <const N extends number>(pixels: N) =>
  count({
    doc: "Height and width of the input image; a multiple of `patch_size`.",
    dimension: "pixels",
    range: { min: 1 },
    default: { value: pixels },
  });

/** The vision transformer of BLIP and ALBEF (LAVIS models/vit.py). */
export const vitOptions = {
  vit_type: oneOf(["base", "large", "tiny"], {
    doc: "Size of the vision transformer: sets the default of the four options after it.",
    default: { value: "base" },
  }),
  vit_embed_dim: count({
    doc: "Width of the vision transformer; a multiple of `vit_num_heads`.",
    range: { min: 1 },
    default: { follows: "model.vit_type", map: { base: 768, large: 1024, tiny: 192 } },
  }),
  vit_depth: count({
    doc: "Blocks of the vision transformer.",
    range: { min: 1 },
    default: { follows: "model.vit_type", map: { base: 12, large: 24, tiny: 4 } },
  }),
  vit_num_heads: count({
    doc: "Attention heads of each block of the vision transformer.",
    range: { min: 1 },
    default: { follows: "model.vit_type", map: { base: 12, large: 16, tiny: 3 } },
  }),
  vit_drop_path_rate: ratio({
    doc: "Stochastic depth: chance of skipping a block, rising linearly to this in the last one. Only in training.",
    range: { below: 1 },
    default: { follows: "model.vit_type", map: { base: 0, large: 0.1, tiny: 0 } },
  }),
  patch_size: count({
    doc: "Height and width of a patch of the image.",
    dimension: "pixels",
    range: { min: 1 },
    default: { value: 16 },
  }),
  vit_grad_ckpt: bool({
    doc: "Compute activations of the vision transformer again in the backward pass: less memory, more time, the same result.",
    default: { value: false },
  }),
  vit_ckpt_layer: count({
    doc: "How many of the last blocks `vit_grad_ckpt` recomputes.",
    default: { value: 0 },
    idleWhile: { option: "vit_grad_ckpt", is: false },
  }),
} as const;

export const layerNormEpsilon = {
  vit_layer_norm_epsilon: number({
    doc: "Added to the variance in the layer norms of the vision transformer.",
    range: { above: 0 },
    default: { value: 1e-6 },
  }),
} as const;
