import type { Key } from "./random.ts";
import type { DType, Shape, Tensor, TensorData } from "./tensor.ts";

/** Where an engine computes. */
export type Device = "cpu" | "cuda";

/** What matrix products are computed in inside `autocast`; weights and their gradients stay float32. */
export type AmpDType = "bfloat16" | "float16";

/** What an engine holds. */
export interface MemoryUse {
  /** Bytes of the arrays that handles or the graph of a coming `grad` hold. */
  readonly bytes: number;
  /** How many such arrays there are. */
  readonly tensors: number;
  /** The largest `bytes` since the engine was opened. */
  readonly peakBytes: number;
}

/** An operand of arithmetic. A number takes the other operand's dtype. */
export type Operand = Tensor | number;

export type UnaryOp =
  | "neg"
  | "exp"
  | "log"
  | "sqrt"
  | "square"
  | "abs"
  | "tanh"
  | "sigmoid"
  | "relu"
  /** x Φ(x), with the error function */
  | "gelu"
  /** the approximation of GELU by tanh */
  | "geluTanh"
  /** x sigmoid(1.702 x) */
  | "quickGelu";
export type BinaryOp = "add" | "sub" | "mul" | "div" | "maximum" | "minimum";
export type CompareOp = "equal" | "notEqual" | "less" | "lessEqual" | "greater" | "greaterEqual";
export type ReduceOp = "sum" | "mean" | "max" | "min";

export interface MatmulOptions {
  /** Read the last two axes of `a` swapped. */
  readonly transposeA?: boolean;
  /** Read the last two axes of `b` swapped. */
  readonly transposeB?: boolean;
}

export interface Conv2dOptions {
  /** Step of the window, [rows, columns]. */
  readonly stride: readonly [number, number];
  /** Zeros around the image, [rows, columns], on both sides. */
  readonly padding: readonly [number, number];
}

export interface AttentionOptions {
  /** Added to the scaled scores; float32, broadcastable to [B, H, Tq, Tk]. */
  readonly mask: Tensor | undefined;
  /** Hide keys that come after the query: key j is seen by query i when j ≤ i + Tk − Tq. */
  readonly causal: boolean;
  /** Factor of the scores q·k. */
  readonly scale: number;
  /** Dropout on the attention probabilities. */
  readonly dropout: { readonly p: number; readonly key: Key } | undefined;
}

export interface CrossEntropyOptions {
  /** Targets with this value contribute neither loss nor gradient, nor to the mean's count. */
  readonly ignoreIndex: number;
  /** ε: the target is (1 − ε) one-hot + ε uniform over the classes. */
  readonly labelSmoothing: number;
  readonly reduction: "mean" | "sum" | "none";
}

export interface AdamWOptions {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  /** Decoupled: weights shrink by lr · weightDecay before the update. */
  readonly weightDecay: number;
  /** Counts from 1: the bias corrections are 1 − βˢᵗᵉᵖ. */
  readonly step: number;
}

/**
 * Told a gradient as soon as it is final: `index` in the list of parameters, and the tensor that `grad` will return
 * for it.
 */
export type OnGradient = (index: number, gradient: Tensor) => void;

/** Gradients of a function's inputs from that of its value, in their order; null for one that has none. */
export type BackwardFunction = (dy: Tensor) => readonly (Tensor | null)[];

export type Distribution =
  | { readonly of: "uniform"; readonly low: number; readonly high: number }
  | { readonly of: "normal"; readonly mean: number; readonly std: number }
  /** A normal redrawn until within ±`bound` standard deviations. */
  | { readonly of: "truncatedNormal"; readonly mean: number; readonly std: number; readonly bound: number };

/**
 * What computes. The functions of runtime/tensor check arguments and infer output shapes (`shape`), then call
 * these; an engine may rely on that. Axes are counted from 0 and sorted.
 *
 * Gradients are the engine's own: an op on a tensor that requires gradients remembers what `grad` will need.
 * Element types of results: compare and logical ops give bool, index ops int32, the rest their input's.
 */
export interface Engine {
  /** As `lavisc doctor` names it: `torch`, `wasm`, `tfjs-node`, `tfjs-node-gpu`. */
  readonly name: string;
  readonly device: Device;
  /** How many threads its kernels use. */
  readonly threads: number;
  /** What `autocast` can compute in; none where the engine has no mixed precision. */
  readonly ampDTypes: readonly AmpDType[];
  memory(): MemoryUse;
  /** Frees everything, threads included. Tensors of the engine must not be used after. */
  dispose(): void;

  // Data
  fromData(data: TensorData, shape: Shape, dtype: DType): Tensor;
  full(shape: Shape, value: number, dtype: DType): Tensor;
  arange(start: number, step: number, length: number, dtype: DType): Tensor;
  random(distribution: Distribution, shape: Shape, key: Key): Tensor;
  /** As `fromData`, but may read `data` itself for as long as the tensor lives. */
  wrap(data: TensorData, shape: Shape, dtype: DType): Tensor;
  read(x: Tensor): TensorData;
  /** Calls `use` with the elements, without a copy where the engine can; they are gone when it returns. */
  lend<T>(x: Tensor, use: (data: TensorData) => T): T;

  // Element by element
  unary(op: UnaryOp, x: Tensor): Tensor;
  binary(op: BinaryOp, a: Operand, b: Operand, shape: Shape): Tensor;
  pow(x: Tensor, exponent: number): Tensor;
  clamp(x: Tensor, low: number, high: number): Tensor;
  compare(op: CompareOp, a: Operand, b: Operand, shape: Shape): Tensor;
  logical(op: "and" | "or", a: Tensor, b: Tensor, shape: Shape): Tensor;
  logicalNot(x: Tensor): Tensor;
  where(condition: Tensor, a: Operand, b: Operand, shape: Shape): Tensor;
  cast(x: Tensor, dtype: DType): Tensor;
  dropout(x: Tensor, p: number, key: Key): Tensor;

  // Reductions
  reduce(op: ReduceOp, x: Tensor, axes: readonly number[], keepDims: boolean, shape: Shape): Tensor;
  argmax(x: Tensor, axis: number, shape: Shape): Tensor;
  topK(x: Tensor, k: number, shape: Shape): { values: Tensor; indices: Tensor };
  logSumExp(x: Tensor, axis: number, shape: Shape): Tensor;

  // Layers
  matmul(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean, shape: Shape): Tensor;
  linear(x: Tensor, weight: Tensor, bias: Tensor | undefined, shape: Shape): Tensor;
  conv2d(x: Tensor, weight: Tensor, bias: Tensor | undefined, options: Conv2dOptions, shape: Shape): Tensor;
  embedding(weight: Tensor, ids: Tensor, paddingIndex: number | undefined, shape: Shape): Tensor;
  layerNorm(x: Tensor, weight: Tensor, bias: Tensor, eps: number): Tensor;
  softmax(x: Tensor, axis: number): Tensor;
  logSoftmax(x: Tensor, axis: number): Tensor;
  attention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions, shape: Shape): Tensor;
  crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions, shape: Shape): Tensor;

  // Layout
  reshape(x: Tensor, shape: Shape): Tensor;
  transpose(x: Tensor, permutation: readonly number[], shape: Shape): Tensor;
  concat(xs: readonly Tensor[], axis: number, shape: Shape): Tensor;
  slice(x: Tensor, begin: readonly number[], size: Shape): Tensor;
  gather(x: Tensor, indices: Tensor, axis: number, shape: Shape): Tensor;
  broadcastTo(x: Tensor, shape: Shape): Tensor;
  oneHot(indices: Tensor, depth: number, shape: Shape): Tensor;

  // Gradients and lifetimes
  parameter(x: Tensor): void;
  detach(x: Tensor): Tensor;
  grad(loss: Tensor, params: readonly Tensor[], onGradient?: OnGradient): (Tensor | null)[];
  customGradient(inputs: readonly Tensor[], value: Tensor, backward: BackwardFunction): Tensor;
  noGrad<T>(body: () => T): T;
  /** Only with one of `ampDTypes`. */
  autocast<T>(dtype: AmpDType, body: () => T): T;
  checkpoint(inputs: readonly Tensor[], body: (inputs: readonly Tensor[]) => Tensor): Tensor;
  scope<T>(body: () => T): T;

  // In place
  assign(target: Tensor, value: Tensor): void;
  adamwStep(
    params: readonly Tensor[],
    grads: readonly Tensor[],
    expAvg: readonly Tensor[],
    expAvgSq: readonly Tensor[],
    options: AdamWOptions,
  ): void;
  globalNorm(tensors: readonly Tensor[]): Tensor;
  scaleInPlace(tensors: readonly Tensor[], factor: number): void;
  addInPlace(targets: readonly Tensor[], values: readonly Tensor[]): void;
}
