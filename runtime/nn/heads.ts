import { reshape, type Tensor, transpose } from "../tensor/index.ts";

/** [B, T, H·d] → [B, H, T, d] */
export function splitHeads(x: Tensor, numHeads: number): Tensor {
  const [batch, length, width] = x.shape as [number, number, number];
  return transpose(reshape(x, [batch, length, numHeads, width / numHeads]), [0, 2, 1, 3]);
}

/** [B, H, T, d] → [B, T, H·d] */
export function mergeHeads(x: Tensor): Tensor {
  const [batch, numHeads, length, width] = x.shape as [number, number, number, number];
  return reshape(transpose(x, [0, 2, 1, 3]), [batch, length, numHeads * width]);
}
