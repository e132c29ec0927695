import type { AttentionOptions, Conv2dOptions, CrossEntropyOptions } from "../../../tensor/engine.ts";
import type { Shape, Tensor } from "../../../tensor/index.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import type { EngineCore, TfjsTensor } from "../core.ts";
import type { Kernels } from "../kernels.ts";
import type { Value } from "../value.ts";
import { sumTo } from "./elementwise.ts";

export function matmul(
  core: EngineCore,
  a: TfjsTensor,
  b: TfjsTensor,
  transposeA: boolean,
  transposeB: boolean,
  shape: Shape,
): Tensor {
  const { kernels } = core;
  const y = kernels.matmul(a.value, b.value, transposeA, transposeB, shape);
  const batch = shape.slice(0, -2);
  return core.result("matmul", y, [a, b], [a.value, b.value], (dy, [left, right], needed) => {
    const [x, w] = [left as Value, right as Value];
    const full = (of: Value): Shape => [...batch, ...of.shape.slice(-2)];
    const dA = (): Value =>
      transposeA
        ? kernels.matmul(w, dy, transposeB, true, full(x))
        : kernels.matmul(dy, w, false, !transposeB, full(x));
    const dB = (): Value =>
      transposeB
        ? kernels.matmul(dy, x, true, transposeA, full(w))
        : kernels.matmul(x, dy, !transposeA, false, full(w));
    return [
      needed[0] ? sumTo(kernels, dA(), x.shape) : undefined,
      needed[1] ? sumTo(kernels, dB(), w.shape) : undefined,
    ];
  });
}

export function linear(
  core: EngineCore,
  x: TfjsTensor,
  weight: TfjsTensor,
  bias: TfjsTensor | undefined,
  shape: Shape,
): Tensor {
  const { kernels } = core;
  const [out, inner] = weight.shape as [number, number];
  const rows = sizeOf(x.shape.slice(0, -1));
  // The leading axes are one: [..., in] is [rows, in].
  const flat = (value: Value, width: number): Value => kernels.reshape(value, [rows, width]);
  const flatX = flat(x.value, inner);
  const product = kernels.matmul(flatX, weight.value, false, true, [rows, out], { bias: bias?.value });
  const y = kernels.reshape(product, shape);
  for (const value of [flatX, product]) kernels.values.release(value);
  const xShape = x.shape;
  return core.result("linear", y, [x, weight, bias], [x.value, weight.value], (dy, [kept, w], needed) => {
    const flatDy = flat(dy, out);
    const dX = (): Value => {
      const product = kernels.matmul(flatDy, w as Value, false, false, [rows, inner]); // [rows, out] · [out, in]
      const dx = kernels.reshape(product, xShape);
      kernels.values.release(product);
      return dx;
    };
    const dWeight = (): Value => {
      const flatKept = flat(kept as Value, inner);
      const product = kernels.matmul(flatDy, flatKept, true, false, [out, inner]); // [rows, out]ᵀ · [rows, in]
      kernels.values.release(flatKept);
      return product;
    };
    const result = [
      needed[0] ? dX() : undefined,
      needed[1] ? dWeight() : undefined,
      needed[2] ? kernels.reduce("sum", flatDy, [0], [out]) : undefined,
    ];
    kernels.values.release(flatDy);
    return result;
  });
}

export function conv2d(
  core: EngineCore,
  x: TfjsTensor,
  weight: TfjsTensor,
  bias: TfjsTensor | undefined,
  options: Conv2dOptions,
  shape: Shape,
): Tensor {
  const { kernels } = core;
  const y = kernels.conv2d(x.value, weight.value, bias?.value, options, shape);
  return core.result("conv2d", y, [x, weight, bias], [x.value, weight.value], (dy, [image, w], needed) => {
    const [kept, filter] = [image as Value, w as Value];
    return [
      needed[0] ? kernels.conv2dGradInput(dy, filter, options, kept.shape) : undefined,
      needed[1] ? kernels.conv2dGradWeight(dy, kept, options, filter.shape) : undefined,
      needed[2] ? kernels.reduce("sum", dy, [0, 2, 3], [filter.shape[0] as number]) : undefined,
    ];
  });
}

export function embedding(
  core: EngineCore,
  weight: TfjsTensor,
  ids: TfjsTensor,
  paddingIndex: number | undefined,
  shape: Shape,
): Tensor {
  const { kernels } = core;
  const y = kernels.gather("embedding", weight.value, ids.value, 0, shape);
  const table = weight.shape;
  return core.result("embedding", y, [weight], [ids.value], (dy, [at]) => [
    kernels.scatterAdd(dy, at as Value, 0, table, paddingIndex),
  ]);
}

export function layerNorm(
  core: EngineCore,
  x: TfjsTensor,
  weight: TfjsTensor,
  bias: TfjsTensor,
  eps: number,
): Tensor {
  const { kernels } = core;
  const { y, mean, rstd } = kernels.layerNorm(x.value, weight.value, bias.value, eps);
  const saved = [x.value, weight.value, mean, rstd];
  const result = core.result("layerNorm", y, [x, weight, bias], saved, (dy, kept, needed) => {
    const { dx, dWeight, dBias } = kernels.layerNormGrad(dy, ...(kept as [Value, Value, Value, Value]));
    return keepNeeded(kernels, [dx, dWeight, dBias], needed);
  });
  for (const value of [mean, rstd]) kernels.values.release(value);
  return result;
}

function keepNeeded(
  kernels: Kernels,
  all: readonly Value[],
  needed: readonly boolean[],
): (Value | undefined)[] {
  return all.map((value, i) => {
    if (needed[i]) return value;
    kernels.values.release(value);
    return undefined;
  });
}

export function softmax(core: EngineCore, x: TfjsTensor): Tensor {
  const { kernels } = core;
  const y = kernels.softmax(x.value);
  return core.result("softmax", y, [x], [y], (dy, [kept]) => [kernels.softmaxGrad(kept as Value, dy)]);
}

export function logSoftmax(core: EngineCore, x: TfjsTensor): Tensor {
  const { kernels } = core;
  const y = kernels.logSoftmax(x.value);
  return core.result("logSoftmax", y, [x], [y], (dy, [kept]) => [kernels.logSoftmaxGrad(kept as Value, dy)]);
}

export function attention(
  core: EngineCore,
  q: TfjsTensor,
  k: TfjsTensor,
  v: TfjsTensor,
  options: AttentionOptions,
): Tensor {
  const { kernels } = core;
  const mask = options.mask === undefined ? undefined : core.own(options.mask).value;
  const terms = { ...options, mask };
  const { out, probabilities } = kernels.attention(q.value, k.value, v.value, terms);
  const saved = [q.value, k.value, v.value, probabilities];
  // The gradient needs no mask: hidden probabilities are 0 already.
  const backwardTerms = { ...terms, mask: undefined };
  const result = core.result("attention", out, [q, k, v], saved, (dOut, kept, needed) => {
    const values = kept as [Value, Value, Value, Value];
    const { dq, dk, dv } = kernels.attentionGrad(dOut, ...values, backwardTerms);
    return keepNeeded(kernels, [dq, dk, dv], needed);
  });
  kernels.values.release(probabilities);
  return result;
}

export function crossEntropy(
  core: EngineCore,
  logits: TfjsTensor,
  targets: TfjsTensor,
  { ignoreIndex, labelSmoothing, reduction }: CrossEntropyOptions,
): Tensor {
  const { kernels } = core;
  const { values } = kernels;
  const count = targets.shape[0] as number;
  const { losses, saved: kept } = kernels.crossEntropy(
    logits.value,
    targets.value,
    ignoreIndex,
    labelSmoothing,
  );
  const saved = [logits.value, targets.value, kept];
  let y = losses;
  let divisor: Value | undefined;
  if (reduction !== "none") {
    y = kernels.reduce("sum", losses, [0], []);
    values.release(losses);
  }
  if (reduction === "mean") {
    const isCounted = kernels.compare("notEqual", targets.value, ignoreIndex, [count]);
    const ones = kernels.cast(isCounted, "float32");
    divisor = kernels.reduce("sum", ones, [0], []);
    const mean = kernels.binary("div", y, divisor, "float32", []);
    for (const value of [isCounted, ones, y]) values.release(value);
    y = mean;
    saved.push(divisor);
  }
  const result = core.result("crossEntropy", y, [logits], saved, (dy, [x, at, computed, divided]) => {
    const g =
      divided === undefined ? values.hold(dy) : kernels.binary("div", dy, divided, "float32", dy.shape);
    const [rows, classes, totals] = [x, at, computed] as [Value, Value, Value];
    const dx = kernels.crossEntropyGrad(g, rows, classes, totals, ignoreIndex, labelSmoothing);
    values.release(g);
    return [dx];
  });
  values.release(kept);
  if (divisor !== undefined) values.release(divisor);
  return result;
}
