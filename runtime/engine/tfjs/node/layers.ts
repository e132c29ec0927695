import type { Conv2dOptions } from "../../../tensor/engine.ts";
import type { Shape } from "../../../tensor/index.ts";
import type { AttentionTerms } from "../kernels.ts";
import type { Value } from "../value.ts";
import type { NodeKernels } from "./kernels.ts";
import { type TensorFlow, temporaries } from "./ops.ts";

/** Layers out of TensorFlow's ops. `t(…)` marks what is temporary. */

const float = { T: "float32" } as const;
const mean = (tf: TensorFlow, x: Value): Value =>
  tf.run("Mean", [x, { ints: [x.shape.length - 1] }], { ...float, Tidx: "int32", keep_dims: true });
const sumLast = (tf: TensorFlow, x: Value): Value =>
  tf.run("Sum", [x, { ints: [x.shape.length - 1] }], { ...float, Tidx: "int32", keep_dims: true });

// Convolutions: TensorFlow's kernels for the CPU want channels last.

const toChannelsLast = [0, 2, 3, 1];
const toChannelsFirst = [0, 3, 1, 2];
/** [O, I, H, W] → [H, W, I, O] */
const filterToLast = [2, 3, 1, 0];
/** [H, W, I, O] → [O, I, H, W] */
const filterToFirst = [3, 2, 0, 1];

const moved = (kernels: NodeKernels, x: Value, permutation: readonly number[]): Value =>
  kernels.transpose(x, permutation);

function paddings({ padding }: Conv2dOptions): readonly [number, number][] {
  return [
    [0, 0],
    [padding[0], padding[0]],
    [padding[1], padding[1]],
    [0, 0],
  ];
}

const convolution = ({ stride }: Conv2dOptions) => ({
  ...float,
  strides: [1, stride[0], stride[1], 1],
  padding: { text: "VALID" },
  data_format: { text: "NHWC" },
  use_cudnn_on_gpu: true,
});

export function conv2d(
  kernels: NodeKernels,
  x: Value,
  weight: Value,
  bias: Value | undefined,
  options: Conv2dOptions,
): Value {
  const { tf } = kernels;
  return temporaries(tf.values, (t) => {
    const image = t(kernels.pad(t(moved(kernels, x, toChannelsLast)), paddings(options)));
    const filter = t(moved(kernels, weight, filterToLast));
    const y = t(tf.run("Conv2D", [image, filter], convolution(options)));
    const sum = bias === undefined ? y : t(tf.run("BiasAdd", [y, bias], float));
    return moved(kernels, sum, toChannelsFirst);
  });
}

export function conv2dGradInput(
  kernels: NodeKernels,
  dy: Value,
  weight: Value,
  options: Conv2dOptions,
  shape: Shape,
): Value {
  const { tf } = kernels;
  const [batch, channels, height, width] = shape as [number, number, number, number];
  const [rows, columns] = options.padding;
  return temporaries(tf.values, (t) => {
    const padded = [batch, height + 2 * rows, width + 2 * columns, channels];
    const filter = t(moved(kernels, weight, filterToLast));
    const dOut = t(moved(kernels, dy, toChannelsLast));
    const dPadded = t(tf.run("Conv2DBackpropInput", [{ ints: padded }, filter, dOut], convolution(options)));
    const dImage = t(kernels.slice(dPadded, [0, rows, columns, 0], [batch, height, width, channels]));
    return moved(kernels, dImage, toChannelsFirst);
  });
}

export function conv2dGradWeight(
  kernels: NodeKernels,
  dy: Value,
  x: Value,
  options: Conv2dOptions,
  shape: Shape,
): Value {
  const { tf } = kernels;
  return temporaries(tf.values, (t) => {
    const image = t(kernels.pad(t(moved(kernels, x, toChannelsLast)), paddings(options)));
    const dOut = t(moved(kernels, dy, toChannelsLast));
    const filter = { ints: filterToLast.map((axis) => shape[axis] as number) };
    const dFilter = t(tf.run("Conv2DBackpropFilter", [image, filter, dOut], convolution(options)));
    return moved(kernels, dFilter, filterToFirst);
  });
}

export function layerNorm(
  { tf }: NodeKernels,
  x: Value,
  weight: Value,
  bias: Value,
  eps: number,
): { y: Value; mean: Value; rstd: Value } {
  const center = mean(tf, x);
  return temporaries(tf.values, (t) => {
    const centered = t(tf.run("Sub", [x, center], float));
    const variance = t(mean(tf, t(tf.run("Square", [centered], float))));
    const rstd = tf.run("Rsqrt", [t(tf.run("AddV2", [variance, eps], float))], float);
    const normal = t(tf.run("Mul", [centered, rstd], float));
    const y = tf.run("AddV2", [t(tf.run("Mul", [normal, weight], float)), bias], float);
    return { y, mean: center, rstd };
  });
}

export function layerNormGrad(
  kernels: NodeKernels,
  dy: Value,
  x: Value,
  weight: Value,
  center: Value,
  rstd: Value,
): { dx: Value; dWeight: Value; dBias: Value } {
  const { tf } = kernels;
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  return temporaries(tf.values, (t) => {
    const normal = t(tf.run("Mul", [t(tf.run("Sub", [x, center], float)), rstd], float));
    const scaled = t(tf.run("Mul", [dy, weight], float));
    const average = t(mean(tf, scaled));
    const averageNormal = t(mean(tf, t(tf.run("Mul", [scaled, normal], float))));
    const inner = t(tf.run("Sub", [scaled, average], float));
    const along = t(tf.run("Mul", [normal, averageNormal], float));
    const dx = tf.run("Mul", [t(tf.run("Sub", [inner, along], float)), rstd], float);
    const dWeight = kernels.reduce("sum", t(tf.run("Mul", [dy, normal], float)), axes, weight.shape);
    const dBias = kernels.reduce("sum", dy, axes, weight.shape);
    return { dx, dWeight, dBias };
  });
}

/** y (dy − Σ dy·y) */
export function softmaxGrad({ tf }: NodeKernels, y: Value, dy: Value): Value {
  return temporaries(tf.values, (t) => {
    const total = t(sumLast(tf, t(tf.run("Mul", [dy, y], float))));
    return tf.run("Mul", [t(tf.run("Sub", [dy, total], float)), y], float);
  });
}

/** dy − eʸ Σ dy */
export function logSoftmaxGrad({ tf }: NodeKernels, y: Value, dy: Value): Value {
  return temporaries(tf.values, (t) => {
    const part = t(tf.run("Mul", [t(tf.run("Exp", [y], float)), t(sumLast(tf, dy))], float));
    return tf.run("Sub", [dy, part], float);
  });
}

export function attention(
  kernels: NodeKernels,
  q: Value,
  k: Value,
  v: Value,
  { mask, causal, scale, dropout }: AttentionTerms,
): { out: Value; probabilities: Value } {
  const { tf } = kernels;
  const [queries, keys] = [q.shape[2] as number, k.shape[2] as number];
  return temporaries(tf.values, (t) => {
    const scaledQ = t(tf.run("Mul", [q, scale], float));
    let scores = t(tf.run("BatchMatMulV2", [scaledQ, k], { ...float, adj_x: false, adj_y: true }));
    if (mask !== undefined) scores = t(tf.run("AddV2", [scores, mask], float));
    if (causal) scores = t(tf.run("AddV2", [scores, t(causalMask(tf, queries, keys))], float));
    let probabilities = tf.run("Softmax", [scores], float);
    if (mask !== undefined || (causal && queries > keys)) {
      const visible = t(probabilities);
      probabilities = withoutHiddenRows(tf, scores, visible);
    }
    const kept =
      dropout === undefined ? probabilities : t(kernels.dropout(probabilities, dropout.p, dropout.key));
    const out = tf.run("BatchMatMulV2", [kept, v], { ...float, adj_x: false, adj_y: false });
    return { out, probabilities };
  });
}

/** −∞ for keys after the query. */
function causalMask(tf: TensorFlow, queries: number, keys: number): Value {
  const data = new Float32Array(queries * keys);
  for (let query = 0; query < queries; query++) {
    const first = Math.max(0, query + keys - queries + 1);
    data.fill(Number.NEGATIVE_INFINITY, query * keys + first, (query + 1) * keys);
  }
  return tf.create(data, [queries, keys], "float32");
}

/** TensorFlow's softmax of a row of −∞ is NaN; such a query sees nothing, and gets 0. */
function withoutHiddenRows(tf: TensorFlow, scores: Value, probabilities: Value): Value {
  return temporaries(tf.values, (t) => {
    const largest = t(tf.run("Max", [scores, { ints: [3] }], { ...float, Tidx: "int32", keep_dims: true }));
    const isHidden = t(tf.run("Equal", [largest, Number.NEGATIVE_INFINITY], float));
    return tf.run("SelectV2", [isHidden, 0, probabilities], float);
  });
}

export function attentionGrad(
  kernels: NodeKernels,
  dOut: Value,
  q: Value,
  k: Value,
  v: Value,
  probabilities: Value,
  { scale, dropout }: AttentionTerms,
): { dq: Value; dk: Value; dv: Value } {
  const { tf } = kernels;
  const product = (a: Value, b: Value, adjX: boolean, adjY: boolean): Value =>
    tf.run("BatchMatMulV2", [a, b], { ...float, adj_x: adjX, adj_y: adjY });
  return temporaries(tf.values, (t) => {
    const dropped = (x: Value): Value =>
      dropout === undefined ? x : t(kernels.dropout(x, dropout.p, dropout.key));
    const dv = product(dropped(probabilities), dOut, true, false);
    const dProbabilities = dropped(t(product(dOut, v, false, true)));
    const dScores = t(tf.run("Mul", [t(softmaxGrad(kernels, probabilities, dProbabilities)), scale], float));
    return { dq: product(dScores, k, false, false), dk: product(dScores, q, true, false), dv };
  });
}

/** `saved` is the gradient of the unsmoothed loss, softmax − one-hot, which TensorFlow computes with the loss. */
export function crossEntropy(
  { tf }: NodeKernels,
  logits: Value,
  targets: Value,
  ignoreIndex: number,
  labelSmoothing: number,
): { losses: Value; saved: Value } {
  const int = { T: "int32" } as const;
  return temporaries(tf.values, (t) => {
    const ignored = t(tf.create(Int32Array.of(ignoreIndex), [], "int32"));
    const isIgnored = t(tf.run("Equal", [targets, ignored], int));
    const labels = t(tf.run("SelectV2", [isIgnored, { int: 0 }, targets], int));
    const [own, saved] = tf.runMany(
      "SparseSoftmaxCrossEntropyWithLogits",
      [logits, labels],
      { ...float, Tlabels: "int32" },
      2,
    ) as [Value, Value];
    t(own);
    let losses = own;
    if (labelSmoothing > 0) {
      const logs = t(tf.run("LogSoftmax", [logits], float));
      const axes = { ...float, Tidx: "int32", keep_dims: false } as const;
      const average = t(tf.run("Mean", [logs, { ints: [1] }], axes));
      const hard = t(tf.run("Mul", [own, 1 - labelSmoothing], float));
      losses = t(tf.run("Sub", [hard, t(tf.run("Mul", [average, labelSmoothing], float))], float));
    }
    return { losses: tf.run("SelectV2", [isIgnored, 0, losses], float), saved };
  });
}

export function crossEntropyGrad(
  { tf }: NodeKernels,
  dLosses: Value,
  targets: Value,
  saved: Value,
  ignoreIndex: number,
  labelSmoothing: number,
): Value {
  const int = { T: "int32" } as const;
  const [count, classes] = saved.shape as [number, number];
  return temporaries(tf.values, (t) => {
    const ignored = t(tf.create(Int32Array.of(ignoreIndex), [], "int32"));
    const isCounted = t(tf.run("NotEqual", [targets, ignored], int));
    const rows = t(tf.run("SelectV2", [isCounted, dLosses, 0], float));
    const column = t(tf.reshape(rows, [count, 1]));
    let slope = saved;
    if (labelSmoothing > 0) {
      // softmax − (1 − ε) one-hot − ε / C
      const types = { ...float, TI: "int32", axis: -1 } as const;
      const part = t(tf.run("OneHot", [targets, { int: classes }, labelSmoothing, 0], types));
      const eased = t(tf.run("AddV2", [saved, part], float));
      slope = t(tf.run("Sub", [eased, labelSmoothing / classes], float));
    }
    return tf.run("Mul", [slope, column], float);
  });
}
