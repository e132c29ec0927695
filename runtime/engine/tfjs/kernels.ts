import type {
  AdamWOptions,
  BinaryOp,
  CompareOp,
  Conv2dOptions,
  ReduceOp,
  UnaryOp,
} from "../../tensor/engine.ts";
import type { Device, DType, Key, Shape, TensorData } from "../../tensor/index.ts";
import type { Value, ValueStore } from "./value.ts";

/** An operand of arithmetic: an array or a number. */
export type Term = Value | number;

/** What softmax attention does besides its three arrays. */
export interface AttentionTerms {
  readonly mask: Value | undefined;
  readonly causal: boolean;
  readonly scale: number;
  readonly dropout: { readonly p: number; readonly key: Key } | undefined;
}

/** What the gradient of each unary op needs: its argument, its result, or neither. */
export const unarySaves: Readonly<Record<UnaryOp, "x" | "y" | "none">> = {
  neg: "none",
  exp: "y",
  log: "x",
  sqrt: "y",
  square: "x",
  abs: "x",
  tanh: "y",
  sigmoid: "y",
  relu: "y",
  gelu: "x",
  geluTanh: "x",
  quickGelu: "x",
};

/**
 * The computations of one tfjs backend, forward and backward, without any memory of history. Arguments are
 * checked and shapes inferred already. A result is a new value that the caller holds; arguments are untouched,
 * except where a name says `…Into` or `…InPlace`.
 */
export interface Kernels {
  readonly name: string;
  readonly device: Device;
  readonly threads: number;
  readonly values: ValueStore;
  dispose(): void;

  create(data: TensorData, shape: Shape, dtype: DType): Value;
  full(shape: Shape, value: number, dtype: DType): Value;
  /** A copy of the elements. */
  read(x: Value): TensorData;
  /** Calls `use` with the elements, which are gone when it returns. */
  lend<T>(x: Value, use: (data: TensorData) => T): T;
  /** The same memory in another shape. */
  reshape(x: Value, shape: Shape): Value;
  copyInto(target: Value, source: Value): void;

  unary(op: UnaryOp, x: Value): Value;
  /** `saved` is what unarySaves names. */
  unaryGrad(op: UnaryOp, saved: Value | undefined, dy: Value): Value;
  /** float32 or int32, broadcasting to `shape`. */
  binary(op: BinaryOp, a: Term, b: Term, dtype: DType, shape: Shape): Value;
  pow(x: Value, exponent: number): Value;
  clamp(x: Value, low: number, high: number): Value;
  compare(op: CompareOp, a: Term, b: Term, shape: Shape): Value;
  logical(op: "and" | "or", a: Value, b: Value, shape: Shape): Value;
  logicalNot(x: Value): Value;
  where(condition: Value, a: Term, b: Term, dtype: DType, shape: Shape): Value;
  cast(x: Value, dtype: DType): Value;
  dropout(x: Value, p: number, key: Key): Value;

  reduce(op: ReduceOp, x: Value, axes: readonly number[], shape: Shape): Value;
  argmax(x: Value, axis: number, shape: Shape): Value;
  topK(x: Value, k: number, shape: Shape): { values: Value; indices: Value };

  /** Leading axes broadcast; with `bias` [N] added to every row of the result, all times `scale` before. */
  matmul(
    a: Value,
    b: Value,
    transposeA: boolean,
    transposeB: boolean,
    shape: Shape,
    extra?: { readonly bias?: Value | undefined; readonly scale?: number },
  ): Value;
  conv2d(x: Value, weight: Value, bias: Value | undefined, options: Conv2dOptions, shape: Shape): Value;
  conv2dGradInput(dy: Value, weight: Value, options: Conv2dOptions, shape: Shape): Value;
  conv2dGradWeight(dy: Value, x: Value, options: Conv2dOptions, shape: Shape): Value;
  gather(op: string, x: Value, indices: Value, axis: number, shape: Shape): Value;
  /** The gradient of gather: slices of `dy` added up at their indices, `ignored` left out. */
  scatterAdd(dy: Value, indices: Value, axis: number, shape: Shape, ignored: number | undefined): Value;

  /** Over the last axis. `mean` and `rstd` have one number a row. */
  layerNorm(x: Value, weight: Value, bias: Value, eps: number): { y: Value; mean: Value; rstd: Value };
  layerNormGrad(
    dy: Value,
    x: Value,
    weight: Value,
    mean: Value,
    rstd: Value,
  ): { dx: Value; dWeight: Value; dBias: Value };
  /** Over the last axis. */
  softmax(x: Value): Value;
  softmaxGrad(y: Value, dy: Value): Value;
  logSoftmax(x: Value): Value;
  logSoftmaxGrad(y: Value, dy: Value): Value;
  /** `probabilities` [B, H, Tq, Tk] are those before dropout. */
  attention(q: Value, k: Value, v: Value, terms: AttentionTerms): { out: Value; probabilities: Value };
  attentionGrad(
    dOut: Value,
    q: Value,
    k: Value,
    v: Value,
    probabilities: Value,
    terms: AttentionTerms,
  ): { dq: Value; dk: Value; dv: Value };
  /** One loss a row, 0 for ignored targets; `saved` is what crossEntropyGrad takes again. */
  crossEntropy(
    logits: Value,
    targets: Value,
    ignoreIndex: number,
    labelSmoothing: number,
  ): { losses: Value; saved: Value };
  /** `dLosses` is one number for all rows ([]) or one a row. */
  crossEntropyGrad(
    dLosses: Value,
    logits: Value,
    targets: Value,
    saved: Value,
    ignoreIndex: number,
    labelSmoothing: number,
  ): Value;

  transpose(x: Value, permutation: readonly number[], shape: Shape): Value;
  concat(xs: readonly Value[], axis: number, shape: Shape): Value;
  slice(x: Value, begin: readonly number[], size: Shape): Value;
  /** The gradient of slice: `dy` in zeros. */
  unslice(dy: Value, begin: readonly number[], shape: Shape): Value;
  broadcastTo(x: Value, shape: Shape): Value;
  oneHot(indices: Value, depth: number, shape: Shape): Value;

  adamwInPlace(param: Value, grad: Value, expAvg: Value, expAvgSq: Value, options: AdamWOptions): void;
  /** Σ x² of all, a scalar. */
  sumOfSquares(xs: readonly Value[]): Value;
  scaleInPlace(x: Value, factor: number): void;
  addInto(target: Value, value: Value): void;
}
