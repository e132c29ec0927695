/** The models and batches that the benchmarks run; options as blip_caption's card names them. */
export interface Size {
  readonly batch: number;
  readonly text_tokens: number;
  readonly vocab_size: number;
  readonly image_size: number;
  readonly patch_size: number;
  readonly vit_embed_dim: number;
  readonly vit_depth: number;
  readonly vit_num_heads: number;
  readonly text_hidden_size: number;
  readonly text_num_layers: number;
  readonly text_num_heads: number;
  readonly text_intermediate_size: number;
  readonly max_position_embeddings: number;
}

export const sizes = {
  /** recipes/quickstart/emoji_caption.lavis */
  quickstart: {
    batch: 32,
    text_tokens: 9,
    vocab_size: 2648,
    image_size: 32,
    patch_size: 8,
    vit_embed_dim: 96,
    vit_depth: 2,
    vit_num_heads: 3,
    text_hidden_size: 96,
    text_num_layers: 1,
    text_num_heads: 3,
    text_intermediate_size: 192,
    max_position_embeddings: 64,
  },
  /** The card's own `tiny` at 64 px. */
  tiny: {
    batch: 32,
    text_tokens: 12,
    vocab_size: 2648,
    image_size: 64,
    patch_size: 8,
    vit_embed_dim: 192,
    vit_depth: 4,
    vit_num_heads: 3,
    text_hidden_size: 192,
    text_num_layers: 4,
    text_num_heads: 3,
    text_intermediate_size: 768,
    max_position_embeddings: 64,
  },
  small: {
    batch: 16,
    text_tokens: 20,
    vocab_size: 30_524,
    image_size: 224,
    patch_size: 16,
    vit_embed_dim: 384,
    vit_depth: 6,
    vit_num_heads: 6,
    text_hidden_size: 384,
    text_num_layers: 6,
    text_num_heads: 6,
    text_intermediate_size: 1536,
    max_position_embeddings: 512,
  },
  base: {
    batch: 8,
    text_tokens: 20,
    vocab_size: 30_524,
    image_size: 224,
    patch_size: 16,
    vit_embed_dim: 768,
    vit_depth: 12,
    vit_num_heads: 12,
    text_hidden_size: 768,
    text_num_layers: 12,
    text_num_heads: 12,
    text_intermediate_size: 3072,
    max_position_embeddings: 512,
  },
} satisfies Readonly<Record<string, Size>>;

/** The names of {@link sizes}, from the smallest on. */
export const sizeNames = Object.keys(sizes) as (keyof typeof sizes)[];

/**
 * Roughly the memory of a process that trains a model of that size in float32, bytes: weights, gradients and two
 * moments, the activations that eager code keeps (Korthikanti et al., 2022, in 4 bytes), and the program itself.
 */
export function estimateMemory(size: Size): number {
  const { batch, vit_embed_dim: vit, text_hidden_size: text, text_tokens, vocab_size } = size;
  const patches = (size.image_size / size.patch_size) ** 2 + 1;
  const visionWeights = size.vit_depth * 12 * vit * vit;
  const layerWeights = text * (6 * text + 2 * vit + 2 * size.text_intermediate_size);
  const weights = visionWeights + size.text_num_layers * layerWeights + vocab_size * text;
  const kept = (tokens: number, keys: number, width: number, heads: number) =>
    tokens * (68 * width + 10 * heads * keys);
  const vision = size.vit_depth * kept(patches, patches, vit, size.vit_num_heads);
  const decoder = size.text_num_layers * kept(text_tokens, text_tokens + patches, text, size.text_num_heads);
  const logits = 16 * text_tokens * vocab_size;
  return 16 * weights + batch * (vision + decoder + logits) + 0.4e9;
}
