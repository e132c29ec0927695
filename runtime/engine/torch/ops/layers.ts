import type { AttentionOptions, Conv2dOptions, CrossEntropyOptions } from "../../../tensor/engine.ts";
import type { Shape, Tensor } from "../../../tensor/index.ts";
import type { Argument, Handle } from "../binding.ts";
import type { TorchCore } from "../core.ts";
import { scalarTypes } from "../operators.ts";
import { dropOnCpu, seedWith } from "./elementwise.ts";
import { expectIndices } from "./indices.ts";

export function matmul(
  core: TorchCore,
  a: Tensor,
  b: Tensor,
  transposeA: boolean,
  transposeB: boolean,
  shape: Shape,
): Tensor {
  const turned = (x: Tensor, isTurned: boolean, use: (handle: Handle) => Tensor): Tensor =>
    isTurned ? core.with(core.call(core.ops.transpose, core.at(x), -2, -1), use) : use(core.at(x));
  return turned(a, transposeA, (left) =>
    turned(b, transposeB, (right) => core.make(shape, "float32", core.ops.matmul, left, right)),
  );
}

export function linear(
  core: TorchCore,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  shape: Shape,
): Tensor {
  const [input, factor, offset] = [core.at(x), core.at(weight), bias && core.at(bias)];
  // The addon's own is for float32 on the CPU.
  if (core.device === "cpu" && core.amp === undefined) {
    const y = core.attempt((binding) => binding.linear(input, factor, offset ?? 0));
    return core.made(y, shape, "float32");
  }
  return core.make(shape, "float32", core.ops.linear, input, factor, offset);
}

export function conv2d(
  core: TorchCore,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  { stride, padding }: Conv2dOptions,
  shape: Shape,
): Tensor {
  const [image, kernel, offset] = [core.at(x), core.at(weight), bias && core.at(bias)];
  return core.make(shape, "float32", core.ops.convolution, image, kernel, offset, stride, padding);
}

export function embedding(
  core: TorchCore,
  weight: Tensor,
  ids: Tensor,
  paddingIndex: number | undefined,
  shape: Shape,
): Tensor {
  expectIndices(core, "embedding", ids, weight.shape[0] as number);
  return core.make(shape, "float32", core.ops.embedding, core.at(weight), core.at(ids), paddingIndex ?? -1);
}

export function layerNorm(core: TorchCore, x: Tensor, weight: Tensor, bias: Tensor, eps: number): Tensor {
  const [at, factor, offset] = [core.at(x), core.at(weight), core.at(bias)];
  return core.make(x.shape, "float32", core.ops.layerNorm, at, weight.shape, factor, offset, eps);
}

export function softmax(core: TorchCore, x: Tensor, axis: number): Tensor {
  return core.make(x.shape, "float32", core.ops.softmax, core.at(x), axis, scalarTypes.float32);
}

export function logSoftmax(core: TorchCore, x: Tensor, axis: number): Tensor {
  return core.make(x.shape, "float32", core.ops.logSoftmax, core.at(x), axis, scalarTypes.float32);
}

/** libtorch's fused attention; on the CPU composed with dropout, and the addon's own in mixed precision. */
export function attention(
  core: TorchCore,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: AttentionOptions,
  shape: Shape,
): Tensor {
  const { ops } = core;
  const { scale, dropout } = options;
  const [queries, keys, values] = [core.at(q), core.at(k), core.at(v)];
  const [length, memory] = [q.shape[2] as number, k.shape[2] as number];
  // One query comes last, so that it sees every key.
  const causal = options.causal && length > 1;
  const isComposed = core.device === "cpu" && dropout !== undefined;
  const isReduced = core.device === "cpu" && core.amp !== undefined;
  // libtorch's own causal mask begins at the first key, and goes with no other.
  const isFlagged = causal && options.mask === undefined && length === memory && !isComposed && !isReduced;
  return core.scope(() => {
    const hidden = causal && !isFlagged ? causalMask(core, length, memory) : undefined;
    const mask = combined(core, options.mask, hidden);
    if (isComposed) {
      return composedAttention(core, [queries, keys, values], mask, { scale, dropout }, shape);
    }
    if (isReduced) {
      const [a, b, c] = [q, k, v].map((x) => reduced(core, x)) as [Handle, Handle, Handle];
      const y = core.attempt((binding) => binding.attention(a, b, c, mask ?? 0, scale));
      return core.made(y, shape, "float32");
    }
    if (dropout !== undefined) seedWith(core, dropout.key);
    const p = dropout?.p ?? 0;
    return core.make(shape, "float32", ops.attention, queries, keys, values, mask, p, isFlagged, scale);
  });
}

/** A tensor in the precision of the autocast around; the scope frees it. */
function reduced(core: TorchCore, x: Tensor): Handle {
  const type = scalarTypes[core.amp ?? "float32"];
  return core.make(x.shape, "float32", core.ops.to, core.at(x), type).handle;
}

/** [Tq, Tk]: −∞ where a key comes after the query, else 0. */
function causalMask(core: TorchCore, length: number, memory: number): Handle {
  const { ops, place } = core;
  const { float32 } = scalarTypes;
  const everywhere = core.call(
    ops.full,
    [length, memory],
    Number.NEGATIVE_INFINITY,
    float32,
    undefined,
    place,
  );
  return core.with(everywhere, (x) =>
    core.make([length, memory], "float32", ops.triu, x, memory - length + 1),
  ).handle;
}

/** The sum of both masks with four axes, as the kernels take it. */
function combined(core: TorchCore, mask: Tensor | undefined, hidden: Handle | undefined): Handle | undefined {
  if (mask === undefined) return hidden;
  const { ops } = core;
  const shape = [1, 1, 1, 1, ...mask.shape].slice(-4);
  const aligned = core.make(shape, "float32", ops.reshape, core.at(mask), shape).handle;
  if (hidden === undefined) return aligned;
  return core.make(shape, "float32", ops.add, aligned, hidden).handle;
}

function composedAttention(
  core: TorchCore,
  [queries, keys, values]: readonly [Handle, Handle, Handle],
  mask: Handle | undefined,
  { scale, dropout }: { readonly scale: number; readonly dropout: NonNullable<AttentionOptions["dropout"]> },
  shape: Shape,
): Tensor {
  const { ops } = core;
  const keep = (op: number, ...args: readonly Argument[]): Handle =>
    core.make([], "float32", op, ...args).handle;
  const scaled = keep(ops.mulScalar, queries, scale);
  const products = keep(ops.matmul, scaled, keep(ops.transpose, keys, -2, -1));
  const scores = mask === undefined ? products : keep(ops.add, products, mask);
  const weights = keep(ops.safeSoftmax, scores, -1, scalarTypes.float32);
  const dropped = core.made(dropOnCpu(core, weights, dropout.p, dropout.key), [], "float32").handle;
  return core.make(shape, "float32", ops.matmul, dropped, values);
}

const reductions = { none: 0, mean: 1, sum: 2 } as const;

export function crossEntropy(
  core: TorchCore,
  logits: Tensor,
  targets: Tensor,
  { ignoreIndex, labelSmoothing, reduction }: CrossEntropyOptions,
  shape: Shape,
): Tensor {
  const { ops } = core;
  const { int64 } = scalarTypes;
  expectIndices(core, "crossEntropy", targets, logits.shape[1] as number, ignoreIndex);
  const precise = core.precise(logits);
  return core.with(core.call(ops.to, core.at(targets), int64), (classes) =>
    core.make(
      shape,
      "float32",
      ops.crossEntropy,
      precise,
      classes,
      undefined,
      reductions[reduction],
      ignoreIndex,
      labelSmoothing,
    ),
  );
}
