import {
  cast,
  dropout,
  greaterEqual,
  KeyStream,
  key,
  mul,
  randomUniform,
  type Tensor,
} from "../tensor/index.ts";
import type { Forward } from "./module.ts";

/** In training: zeroes elements with probability `p` and scales the others by 1 / (1 − p). */
export function drop(x: Tensor, p: number, at: Forward): Tensor {
  return at.training && p > 0 ? dropout(x, p, at.keys.next()) : x;
}

/**
 * In training: zeroes whole samples (axis 0) with probability `p` and scales the others by 1 / (1 − p), so
 * that a residual branch is skipped (Huang et al. 2016, stochastic depth; timm `DropPath`).
 */
export function dropPath(x: Tensor, p: number, at: Forward): Tensor {
  if (!at.training || p === 0) return x;
  const shape = x.shape.map((length, axis) => (axis === 0 ? length : 1));
  const kept = greaterEqual(randomUniform(x.engine, shape, at.keys.next()), p); // [B, 1, …]
  return mul(x, mul(cast(kept, "float32"), 1 / (1 - p)));
}

/** What forward gets outside training: nothing is drawn. */
export function evaluation(): Forward {
  return { training: false, keys: new KeyStream(key(0)) };
}
