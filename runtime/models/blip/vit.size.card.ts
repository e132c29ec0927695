import {
  type Kept,
  linearTensors,
  type ModelPart,
  normTensors,
  nothingKept,
  plus,
  type TensorSize,
  times,
} from "../size.card.ts";

/** The options of a vision transformer that set its size. */
export interface VisionSizes {
  readonly image_size: number;
  readonly patch_size: number;
  readonly vit_embed_dim: number;
  readonly vit_depth: number;
  readonly vit_num_heads: number;
  readonly vit_grad_ckpt: boolean;
  readonly vit_ckpt_layer: number;
}

/** The tokens of an image: its patches, and the class token. */
export const imageTokens = ({ image_size, patch_size }: VisionSizes): number =>
  1 + (image_size / patch_size) ** 2;

/** The vision transformer of `vit.ts`, under that prefix of its tensors' names. */
export function visionPart(prefix: string, sizes: VisionSizes): ModelPart {
  const { vit_embed_dim: width, vit_depth: depth, patch_size: patch, image_size: size } = sizes;
  const tokens = imageTokens(sizes);
  const numRecomputed = sizes.vit_grad_ckpt ? Math.min(depth, sizes.vit_ckpt_layer) : 0;
  const block = keptOfBlock(sizes);
  // Pixels, and what the last norm takes and gives.
  const around: Kept = {
    ...nothingKept,
    products: tokens * width,
    precise: 3 * size * size + tokens * width,
  };
  const inputs = { ...nothingKept, precise: numRecomputed * tokens * width };
  return {
    name: "vision transformer",
    isTrained: true,
    tensors: [
      { name: `${prefix}cls_token`, shape: [1, 1, width] },
      { name: `${prefix}pos_embed`, shape: [1, tokens, width], isResized: true },
      { name: `${prefix}patch_embed.proj.weight`, shape: [width, 3, patch, patch] },
      { name: `${prefix}patch_embed.proj.bias`, shape: [width] },
      ...Array.from({ length: depth }, (_, i) => blockTensors(`${prefix}blocks.${i}.`, width)).flat(),
      ...normTensors(`${prefix}norm`, width),
    ],
    kept: plus(plus(times(depth - numRecomputed, block), inputs), around),
    recomputed: numRecomputed > 0 ? block : nothingKept,
    attentionOfLayer: block.attention,
  };
}

const blockTensors = (prefix: string, width: number): readonly TensorSize[] => [
  ...normTensors(`${prefix}norm1`, width),
  ...linearTensors(`${prefix}attn.qkv`, width, 3 * width),
  ...linearTensors(`${prefix}attn.proj`, width, width),
  ...normTensors(`${prefix}norm2`, width),
  ...linearTensors(`${prefix}mlp.fc1`, width, 4 * width),
  ...linearTensors(`${prefix}mlp.fc2`, 4 * width, width),
];

/**
 * What a block keeps, in widths of a token: the two norms' inputs and outputs; queries, keys and values; what
 * attention gives; the feed-forward layer before and after its GELU (4 each).
 */
function keptOfBlock(sizes: VisionSizes): Kept {
  const tokens = imageTokens(sizes);
  const states = tokens * sizes.vit_embed_dim;
  return {
    products: 14 * states,
    precise: 2 * states,
    converted: 0,
    attention: sizes.vit_num_heads * tokens * tokens,
    dropsAttention: false,
  };
}
