import type { AttentionTerms } from "../kernels.ts";
import type { Value } from "../value.ts";
import { broadcastStrides } from "../wasm-kernels/plain.ts";
import type { WasmHeap } from "./heap.ts";
import type { WasmKernels } from "./kernels.ts";

export function attention(
  kernels: WasmKernels,
  heap: WasmHeap,
  q: Value,
  k: Value,
  v: Value,
  terms: AttentionTerms,
): { out: Value; probabilities: Value } {
  const [batch, heads, queries] = q.shape as [number, number, number];
  const keys = k.shape[2] as number;
  const shape = [batch, heads, queries, keys];
  const probabilities = kernels.matmul(q, k, false, true, shape, { scale: terms.scale });
  const { mask } = terms;
  const strides = mask === undefined ? [0, 0, 0, 0] : broadcastStrides(mask.shape, shape);
  heap.run(
    "softmaxScores",
    batch * heads * queries,
    6 * keys,
    heap.at(probabilities),
    queries,
    keys,
    heads,
    mask === undefined ? 0 : heap.at(mask),
    ...strides.map((stride) => 4 * stride),
    terms.causal ? 1 : 0,
    keys - queries,
  );
  const kept = dropped(kernels, probabilities, terms);
  const out = kernels.matmul(kept, v, false, false, [batch, heads, queries, v.shape[3] as number]);
  kernels.values.release(kept);
  return { out, probabilities };
}

function dropped(kernels: WasmKernels, probabilities: Value, { dropout }: AttentionTerms): Value {
  return dropout === undefined
    ? kernels.values.hold(probabilities)
    : kernels.dropout(probabilities, dropout.p, dropout.key);
}

export function attentionGrad(
  kernels: WasmKernels,
  dOut: Value,
  q: Value,
  k: Value,
  v: Value,
  probabilities: Value,
  terms: AttentionTerms,
): { dq: Value; dk: Value; dv: Value } {
  const kept = dropped(kernels, probabilities, terms);
  const dv = kernels.matmul(kept, dOut, true, false, v.shape);
  kernels.values.release(kept);
  const dDropped = kernels.matmul(dOut, v, false, true, probabilities.shape);
  const scores = dropped(kernels, dDropped, terms);
  kernels.values.release(dDropped);
  kernels.softmaxGradInto(scores, probabilities, scores, terms.scale);
  const dq = kernels.matmul(scores, k, false, false, q.shape);
  const dk = kernels.matmul(scores, q, true, false, k.shape);
  kernels.values.release(scores);
  return { dq, dk, dv };
}
