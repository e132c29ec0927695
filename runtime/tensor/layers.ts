import { engineOf } from "./arguments.ts";
import type { Conv2dOptions, CrossEntropyOptions, MatmulOptions } from "./engine.ts";
import { expectDType, expectShape, formatShape, TensorError } from "./errors.ts";
import { type Key, keyFor } from "./random.ts";
import { axisOf, broadcastShapes, broadcastsTo, sameShape, sizeOf } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Matrix product over the last two axes; axes before them broadcast.
 * a: [..., M, K] ([..., K, M] with transposeA), b: [..., K, N] ([..., N, K] with transposeB) → [..., M, N].
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const engine = engineOf("matmul", a, b);
  expectDType("matmul", "a", a, "float32");
  expectDType("matmul", "b", b, "float32");
  expectShape(
    "matmul",
    a.rank >= 2 && b.rank >= 2,
    () => `a is ${formatShape(a.shape)} and b ${formatShape(b.shape)}, expected two axes or more`,
  );
  const { transposeA = false, transposeB = false } = options;
  const [m, innerA] = lastTwo(a, transposeA);
  const [innerB, n] = lastTwo(b, transposeB);
  expectShape("matmul", innerA === innerB, () => {
    const readA = `a ${formatShape(a.shape)}${transposeA ? " (transposed)" : ""}`;
    const readB = `b ${formatShape(b.shape)}${transposeB ? " (transposed)" : ""}`;
    return `${readA} has ${innerA} columns but ${readB} has ${innerB} rows`;
  });
  const batch = broadcastShapes(
    "matmul",
    a.shape.slice(0, -2),
    b.shape.slice(0, -2),
    "the leading axes of a and b",
  );
  return engine.matmul(a, b, transposeA, transposeB, [...batch, m, n]);
}

function lastTwo(x: Tensor, transposed: boolean): readonly [number, number] {
  const rows = x.shape.at(-2) as number;
  const columns = x.shape.at(-1) as number;
  return transposed ? [columns, rows] : [rows, columns];
}

/** x · weightᵀ + bias. x: [..., in], weight: [out, in], bias: [out] → [..., out]. */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const engine = engineOf("linear", x, weight, bias);
  for (const [name, t] of [
    ["x", x],
    ["weight", weight],
    ["bias", bias],
  ] as const) {
    if (t !== undefined) expectDType("linear", name, t, "float32");
  }
  expectShape(
    "linear",
    x.rank >= 1 && weight.rank === 2 && x.shape.at(-1) === weight.shape[1],
    () =>
      `x ${formatShape(x.shape)} and weight ${formatShape(weight.shape)}, expected [..., in] and [out, in]`,
  );
  const out = weight.shape[0] as number;
  expectShape(
    "linear",
    bias === undefined || sameShape(bias.shape, [out]),
    () =>
      `bias is ${formatShape(bias?.shape ?? [])}, expected [${out}] as weight is ${formatShape(weight.shape)}`,
  );
  return engine.linear(x, weight, bias, [...x.shape.slice(0, -1), out]);
}

/**
 * Two-dimensional cross-correlation. x: [N, C, H, W], weight: [O, C, KH, KW], bias: [O] →
 * [N, O, ⌊(H + 2·padding − KH) / stride⌋ + 1, the same of W].
 */
export function conv2d(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  {
    stride = 1,
    padding = 0,
  }: { stride?: number | readonly [number, number]; padding?: number | readonly [number, number] } = {},
): Tensor {
  const engine = engineOf("conv2d", x, weight, bias);
  for (const [name, t] of [
    ["x", x],
    ["weight", weight],
    ["bias", bias],
  ] as const) {
    if (t !== undefined) expectDType("conv2d", name, t, "float32");
  }
  expectShape(
    "conv2d",
    x.rank === 4 && weight.rank === 4 && x.shape[1] === weight.shape[1],
    () =>
      `x ${formatShape(x.shape)} and weight ${formatShape(weight.shape)}, expected [N, C, H, W] and [O, C, KH, KW]`,
  );
  const [batch, , height, width] = x.shape as [number, number, number, number];
  const [out, , rows, columns] = weight.shape as [number, number, number, number];
  expectShape(
    "conv2d",
    bias === undefined || sameShape(bias.shape, [out]),
    () =>
      `bias is ${formatShape(bias?.shape ?? [])}, expected [${out}] as weight is ${formatShape(weight.shape)}`,
  );
  const options: Conv2dOptions = { stride: pair(stride), padding: pair(padding) };
  const valid = (values: readonly number[], least: number): boolean =>
    values.every((value) => Number.isInteger(value) && value >= least);
  if (!valid(options.stride, 1) || !valid(options.padding, 0)) {
    throw new TensorError(
      "conv2d",
      `stride [${options.stride}] and padding [${options.padding}] must be integers, at least 1 and 0`,
    );
  }
  const outHeight = Math.floor((height + 2 * options.padding[0] - rows) / options.stride[0]) + 1;
  const outWidth = Math.floor((width + 2 * options.padding[1] - columns) / options.stride[1]) + 1;
  expectShape(
    "conv2d",
    outHeight >= 1 && outWidth >= 1,
    () => `the window ${rows} × ${columns} is larger than the padded image; x is ${formatShape(x.shape)}`,
  );
  return engine.conv2d(x, weight, bias, options, [batch, out, outHeight, outWidth]);
}

const pair = (value: number | readonly [number, number]): readonly [number, number] =>
  typeof value === "number" ? [value, value] : value;

/**
 * Rows of a table. weight: float32 [V, D], ids: int32 [...] in 0 … V−1 → [..., D]. The row `paddingIndex`
 * gets no gradient, as in PyTorch.
 *
 * @throws ShapeError naming the id when one is outside the table (engines on the CPU).
 */
export function embedding(
  weight: Tensor,
  ids: Tensor,
  { paddingIndex }: { paddingIndex?: number } = {},
): Tensor {
  const engine = engineOf("embedding", weight, ids);
  expectDType("embedding", "weight", weight, "float32");
  expectDType("embedding", "ids", ids, "int32");
  expectShape(
    "embedding",
    weight.rank === 2,
    () => `weight is ${formatShape(weight.shape)}, expected [V, D]`,
  );
  return engine.embedding(weight, ids, paddingIndex, [...ids.shape, weight.shape[1] as number]);
}

/**
 * Normalises over the last axis: (x − mean) / √(variance + eps) · weight + bias (Ba et al., 2016), with the
 * biased variance. x: [..., D], weight and bias: [D] → [..., D].
 */
export function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, eps: number): Tensor {
  const engine = engineOf("layerNorm", x, weight, bias);
  for (const [name, t] of [
    ["x", x],
    ["weight", weight],
    ["bias", bias],
  ] as const) {
    expectDType("layerNorm", name, t, "float32");
  }
  const width = x.shape.at(-1) ?? 0;
  expectShape(
    "layerNorm",
    x.rank >= 1 && width > 0 && sameShape(weight.shape, [width]) && sameShape(bias.shape, [width]),
    () =>
      `x ${formatShape(x.shape)}, weight ${formatShape(weight.shape)}, bias ${formatShape(bias.shape)}, ` +
      "expected [..., D], [D], [D]",
  );
  return engine.layerNorm(x, weight, bias, eps);
}

/** eˣ / Σ eˣ along `axis`, the last unless given; float32. */
export function softmax(x: Tensor, axis = -1): Tensor {
  const engine = engineOf("softmax", x);
  expectDType("softmax", "x", x, "float32");
  return engine.softmax(x, axisOf("softmax", x, axis));
}

/** x − log Σ eˣ along `axis`, the last unless given; float32. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  const engine = engineOf("logSoftmax", x);
  expectDType("logSoftmax", "x", x, "float32");
  return engine.logSoftmax(x, axisOf("logSoftmax", x, axis));
}

/**
 * softmax(q · kᵀ · scale + mask) · v (Vaswani et al., 2017).
 * q: [B, H, Tq, D], k: [B, H, Tk, D], v: [B, H, Tk, Dv] → [B, H, Tq, Dv].
 * - `mask` is added to the scores: float32, broadcastable to [B, H, Tq, Tk]; it gets no gradient. A row that
 *   is −∞ throughout gives 0.
 * - `causal` hides from query i the keys j > i + Tk − Tq.
 * - `scale` is 1/√D unless given.
 * - `dropout` zeroes probabilities as {@link dropout} does.
 */
export function attention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: { mask?: Tensor; causal?: boolean; scale?: number; dropout?: { p: number; key: Key } } = {},
): Tensor {
  const { mask, causal = false, dropout } = options;
  const engine = engineOf("attention", q, k, v, mask);
  for (const [name, t] of [
    ["q", q],
    ["k", k],
    ["v", v],
    ["mask", mask],
  ] as const) {
    if (t !== undefined) expectDType("attention", name, t, "float32");
  }
  const [batch, heads, queries, width] = q.shape;
  const keys = k.shape[2];
  expectShape(
    "attention",
    q.rank === 4 &&
      sameShape(k.shape, [batch ?? 0, heads ?? 0, keys ?? 0, width ?? 0]) &&
      v.rank === 4 &&
      sameShape(v.shape.slice(0, 3), k.shape.slice(0, 3)) &&
      keys !== 0,
    () =>
      `q ${formatShape(q.shape)}, k ${formatShape(k.shape)}, v ${formatShape(v.shape)}, ` +
      "expected [B, H, Tq, D], [B, H, Tk, D], [B, H, Tk, Dv] with Tk ≥ 1",
  );
  const scores = [batch, heads, queries, keys] as number[];
  if (mask !== undefined) {
    expectShape(
      "attention",
      broadcastsTo(mask.shape, scores),
      () =>
        `mask is ${formatShape(mask.shape)}, which does not broadcast to the scores ${formatShape(scores)}`,
    );
    if (mask.requiresGrad) {
      throw new TensorError("attention", "mask requires gradients, which it cannot get; detach it");
    }
  }
  if (dropout !== undefined && !(dropout.p >= 0 && dropout.p < 1)) {
    throw new TensorError("attention", `dropout p is ${dropout.p}, expected 0 ≤ p < 1`);
  }
  const scale = options.scale ?? 1 / Math.sqrt(width as number);
  const drop =
    dropout !== undefined && dropout.p > 0
      ? { p: dropout.p, key: keyFor(dropout.key, sizeOf(scores)) }
      : undefined;
  const shape = [...q.shape.slice(0, 3), v.shape[3] as number];
  return engine.attention(q, k, v, { mask, causal, scale, dropout: drop }, shape);
}

/**
 * Cross entropy of class scores against target classes. logits: float32 [N, C], targets: int32 [N] → [] for
 * "mean" (over targets that are not ignored; NaN when all are, as in PyTorch) and "sum", [N] for "none".
 */
export function crossEntropy(
  logits: Tensor,
  targets: Tensor,
  options: Partial<CrossEntropyOptions> = {},
): Tensor {
  const { ignoreIndex = -100, labelSmoothing = 0, reduction = "mean" } = options;
  const engine = engineOf("crossEntropy", logits, targets);
  expectDType("crossEntropy", "logits", logits, "float32");
  expectDType("crossEntropy", "targets", targets, "int32");
  const [count, classes] = logits.shape;
  expectShape(
    "crossEntropy",
    logits.rank === 2 && classes !== 0 && sameShape(targets.shape, [count as number]),
    () =>
      `logits ${formatShape(logits.shape)} and targets ${formatShape(targets.shape)}, expected [N, C] and [N]`,
  );
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new TensorError("crossEntropy", `labelSmoothing is ${labelSmoothing}, expected 0 … 1`);
  }
  const shape = reduction === "none" ? targets.shape : [];
  return engine.crossEntropy(logits, targets, { ignoreIndex, labelSmoothing, reduction }, shape);
}
