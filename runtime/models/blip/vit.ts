import { UserError } from "../../errors.ts";
import { mergeHeads, splitHeads } from "../../nn/heads.ts";
import { LayerNorm } from "../../nn/layer-norm.ts";
import { Linear } from "../../nn/linear.ts";
import { type Build, type Forward, learned, Module } from "../../nn/module.ts";
import { dropPath } from "../../nn/stochastic.ts";
import {
  add,
  attention,
  broadcastTo,
  checkpoint,
  concat,
  conv2d,
  gelu,
  randomNormal,
  randomUniform,
  reshape,
  scope,
  split,
  type Tensor,
  transpose,
} from "../../tensor/index.ts";

export interface VisionConfig {
  /** Height and width of the images, pixels. */
  readonly img_size: number;
  readonly patch_size: number;
  readonly embed_dim: number;
  readonly depth: number;
  readonly num_heads: number;
  readonly mlp_ratio: number;
  readonly layer_norm_eps: number;
  /** Stochastic depth of the last block; it rises linearly from 0 in the first. */
  readonly drop_path_rate: number;
  /** How many of the last blocks keep no activations in training but compute them again; none unless given. */
  readonly num_recomputed?: number;
}

/** timm's `trunc_normal_` cuts at ±2, a hundred of these: a plain normal distribution. */
const std = 0.02;

/** Convolution without overlap: one vector for each patch. Starts as PyTorch's Conv2d, uniform in ±1/√fan-in. */
class PatchConvolution extends Module {
  /** [D, 3, P, P] */
  readonly weight: Tensor;
  /** [D] */
  readonly bias: Tensor;
  readonly #patchSize: number;

  constructor(build: Build, { embed_dim, patch_size }: VisionConfig) {
    super();
    const { engine, keys } = build;
    const high = 1 / Math.sqrt(3 * patch_size * patch_size);
    const draw = (shape: readonly number[]) =>
      learned(build, randomUniform(engine, shape, keys.next(), { low: -high, high }));
    this.weight = draw([embed_dim, 3, patch_size, patch_size]);
    this.bias = draw([embed_dim]);
    this.#patchSize = patch_size;
  }

  /** [B, 3, S, S] → [B, D, S/P, S/P] */
  forward(image: Tensor): Tensor {
    return conv2d(image, this.weight, this.bias, { stride: this.#patchSize });
  }
}

/** Cuts images into patches and embeds each: [B, 3, S, S] → [B, N, D] with N = (S/P)². */
class PatchEmbed extends Module {
  readonly proj: PatchConvolution;

  constructor(build: Build, config: VisionConfig) {
    super();
    this.proj = new PatchConvolution(build, config);
  }

  forward(image: Tensor): Tensor {
    const grid = this.proj.forward(image); // [B, D, S/P, S/P]
    const [batch, width] = grid.shape as [number, number];
    return transpose(reshape(grid, [batch, width, -1]), [0, 2, 1]); // [B, N, D]
  }
}

/** Self-attention over all tokens. */
class Attention extends Module {
  readonly qkv: Linear;
  readonly proj: Linear;
  readonly #numHeads: number;

  constructor(build: Build, { embed_dim, num_heads }: VisionConfig) {
    super();
    this.qkv = Linear.create(build, { from: embed_dim, to: 3 * embed_dim, std });
    this.proj = Linear.create(build, { from: embed_dim, to: embed_dim, std });
    this.#numHeads = num_heads;
  }

  /** [B, T, D] → [B, T, D] */
  forward(x: Tensor): Tensor {
    const width = x.shape[2] as number;
    const parts = split(this.qkv.forward(x), [width, width, width], 2);
    const [q, k, v] = parts.map((part) => splitHeads(part, this.#numHeads)) as [Tensor, Tensor, Tensor]; // [B, H, T, d]
    return this.proj.forward(mergeHeads(attention(q, k, v)));
  }
}

/** Two linear layers with a GELU between them. */
class Mlp extends Module {
  readonly fc1: Linear;
  readonly fc2: Linear;

  constructor(build: Build, { embed_dim, mlp_ratio }: VisionConfig) {
    super();
    const hidden = Math.floor(embed_dim * mlp_ratio);
    this.fc1 = Linear.create(build, { from: embed_dim, to: hidden, std });
    this.fc2 = Linear.create(build, { from: hidden, to: embed_dim, std });
  }

  /** [B, T, D] → [B, T, D] */
  forward(x: Tensor): Tensor {
    return this.fc2.forward(gelu(this.fc1.forward(x)));
  }
}

/** A transformer block that normalises before each branch. */
class Block extends Module {
  readonly norm1: LayerNorm;
  readonly attn: Attention;
  readonly norm2: LayerNorm;
  readonly mlp: Mlp;
  readonly #dropPath: number;

  constructor(build: Build, config: VisionConfig, dropPath: number) {
    super();
    this.norm1 = new LayerNorm(build, config.embed_dim, config.layer_norm_eps);
    this.attn = new Attention(build, config);
    this.norm2 = new LayerNorm(build, config.embed_dim, config.layer_norm_eps);
    this.mlp = new Mlp(build, config);
    this.#dropPath = dropPath;
  }

  /** [B, T, D] → [B, T, D] */
  forward(x: Tensor, at: Forward): Tensor {
    return scope(x.engine, () => {
      const attended = add(x, dropPath(this.attn.forward(this.norm1.forward(x)), this.#dropPath, at));
      return add(attended, dropPath(this.mlp.forward(this.norm2.forward(attended)), this.#dropPath, at));
    });
  }
}

/** A block that keeps only its input for the gradient, which runs it again with the draws of the first time. */
function recomputed(block: Block, x: Tensor, at: Forward): Tensor {
  const start = at.keys.copy();
  let { keys } = at;
  return checkpoint(x.engine, [x], ([input]) => {
    const y = block.forward(input as Tensor, { ...at, keys });
    keys = start.copy();
    return y;
  });
}

/**
 * Vision transformer (Dosovitskiy et al. 2021) without a head: all tokens after the last norm, the class token
 * first. Parameter names and semantics of LAVIS's models/vit.py (timm 0.4.12).
 */
export class VisionTransformer extends Module {
  /** [1, 1, D] */
  readonly cls_token: Tensor;
  /** [1, 1 + N, D] */
  readonly pos_embed: Tensor;
  readonly patch_embed: PatchEmbed;
  readonly blocks: readonly Block[];
  readonly norm: LayerNorm;
  readonly #config: VisionConfig;

  /** @throws UserError when the patches do not tile the image or the heads do not divide the width. */
  constructor(build: Build, config: VisionConfig) {
    super();
    const { img_size, patch_size, embed_dim, depth, num_heads, drop_path_rate } = config;
    if (img_size % patch_size !== 0) {
      throw new UserError(
        `patches of ${patch_size} px do not tile images of ${img_size} px`,
        "make model.image_size a multiple of model.patch_size",
      );
    }
    if (embed_dim % num_heads !== 0) {
      throw new UserError(
        `${num_heads} attention heads do not divide the vision transformer's width ${embed_dim}`,
        "make model.vit_embed_dim a multiple of model.vit_num_heads",
      );
    }
    const { engine, keys } = build;
    const numTokens = 1 + (img_size / patch_size) ** 2;
    this.cls_token = learned(build, randomNormal(engine, [1, 1, embed_dim], keys.next(), { std }));
    this.pos_embed = learned(build, randomNormal(engine, [1, numTokens, embed_dim], keys.next(), { std }));
    this.patch_embed = new PatchEmbed(build, config);
    this.blocks = Array.from({ length: depth }, (_, i) => {
      return new Block(build, config, depth > 1 ? (drop_path_rate * i) / (depth - 1) : 0);
    });
    this.norm = new LayerNorm(build, embed_dim, config.layer_norm_eps);
    this.#config = config;
  }

  /**
   * The states of images: [B, 3, S, S], normalised pixels → [B, 1 + N, D].
   * @throws UserError when the images do not have the model's size.
   */
  forward(image: Tensor, at: Forward): Tensor {
    const { img_size, embed_dim, depth, num_recomputed = 0 } = this.#config;
    const [batch, , height, width] = image.shape as [number, number, number, number];
    if (height !== img_size || width !== img_size) {
      throw new UserError(
        `the images are ${width} × ${height} px, the model takes ${img_size} × ${img_size} px`,
        "give the vis_processor the model's image_size",
      );
    }
    let x = scope(image.engine, () => {
      const patches = this.patch_embed.forward(image); // [B, N, D]
      const classTokens = broadcastTo(this.cls_token, [batch, 1, embed_dim]);
      return add(concat([classTokens, patches], 1), this.pos_embed); // [B, 1 + N, D]
    });
    for (const [i, block] of this.blocks.entries()) {
      x = at.training && i >= depth - num_recomputed ? recomputed(block, x, at) : block.forward(x, at);
    }
    return this.norm.forward(x);
  }
}

/**
 * The layer of a vision transformer's parameter, for layer-wise learning rates (Bao et al. 2022, BEiT): 0 for
 * the embeddings, i + 1 for block i, `depth` for the last norm. `name` is relative to the transformer.
 */
export function visionLayer(name: string, depth: number): number {
  const block = /^blocks\.(\d+)\./.exec(name);
  if (block) return Number(block[1]) + 1;
  return /^(cls_token|pos_embed|patch_embed\.)/.test(name) ? 0 : depth;
}
