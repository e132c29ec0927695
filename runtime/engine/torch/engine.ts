import type {
  AdamWOptions,
  AmpDType,
  AttentionOptions,
  BackwardFunction,
  BinaryOp,
  CompareOp,
  Conv2dOptions,
  CrossEntropyOptions,
  Distribution,
  Operand,
  ReduceOp,
  UnaryOp,
} from "../../tensor/engine.ts";
import type {
  Device,
  DType,
  Engine,
  Key,
  MemoryUse,
  OnGradient,
  Shape,
  Tensor,
  TensorData,
} from "../../tensor/index.ts";
import { draw } from "../../tensor/random.ts";
import { sizeOf } from "../../tensor/shape.ts";
import type { Binding } from "./binding.ts";
import { TorchCore } from "./core.ts";
import { scalarTypes } from "./operators.ts";
import { checkpoint } from "./ops/checkpoint.ts";
import * as elementwise from "./ops/elementwise.ts";
import { FlatMemory } from "./ops/flat-memory.ts";
import { customGradient, grad } from "./ops/gradients.ts";
import * as layers from "./ops/layers.ts";
import * as layouts from "./ops/layouts.ts";
import * as reductions from "./ops/reductions.ts";
import * as training from "./ops/training.ts";

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** The engine on libtorch: its kernels, gradients, and mixed precision, on the CPU or one GPU. */
export class TorchEngine implements Engine {
  readonly name = "torch";
  readonly device: Device;
  readonly threads: number;
  readonly ampDTypes: readonly AmpDType[];
  readonly #core: TorchCore;
  /** What was there before: the addon counts for the whole process. */
  readonly #before: MemoryUse;

  /** `threads`: of the CPU; the GPU is the first that the process sees. */
  constructor(binding: Binding, device: Device, threads: number) {
    this.device = device;
    this.threads = threads;
    this.ampDTypes = device === "cuda" ? ["bfloat16", "float16"] : ["bfloat16"];
    this.#core = new TorchCore(this, binding, device);
    binding.setThreads(threads);
    if (device === "cuda") {
      // A run that is resumed must end as one that never stopped.
      binding.exact();
      this.#warmUp();
    }
    this.#core.attempt(() => binding.resetPeak(this.#core.place));
    this.#before = binding.memory(this.#core.place);
  }

  /** A product and its gradient, so that the workspaces which cuBLAS keeps do not count as tensors. */
  #warmUp(): void {
    this.#core.scope(() => {
      const x = this.full([2, 2], 1, "float32");
      this.parameter(x);
      const product = this.matmul(x, x, false, false, [2, 2]);
      this.grad(this.reduce("sum", product, [0, 1], false, []), [x]);
    });
  }

  memory(): MemoryUse {
    const { bytes, tensors, peakBytes } = this.#core.binding.memory(this.#core.place);
    return {
      bytes: bytes - this.#before.bytes,
      tensors: tensors - this.#before.tensors,
      peakBytes: peakBytes - this.#before.bytes,
    };
  }

  dispose(): void {
    this.#core.dispose();
    this.#core.binding.trim(this.#core.place);
  }

  // Data

  fromData(data: TensorData, shape: Shape, dtype: DType): Tensor {
    const handle = this.#core.attempt((binding) => binding.fromArray(data, shape, this.#core.place));
    return this.#core.made(handle, shape, dtype);
  }

  wrap(data: TensorData, shape: Shape, dtype: DType): Tensor {
    // An array in JavaScript's memory is of no use to a GPU, and libtorch takes no address of an empty one.
    if (this.device === "cuda" || data.length === 0) return this.fromData(data, shape, dtype);
    return this.#core.made(this.#core.binding.shareArray(data, shape), shape, dtype);
  }

  full(shape: Shape, value: number, dtype: DType): Tensor {
    const { ops, place } = this.#core;
    return this.#core.make(shape, dtype, ops.full, shape, value, scalarTypes[dtype], undefined, place);
  }

  arange(start: number, step: number, length: number, dtype: DType): Tensor {
    const values = new arrays[dtype](length).map((_, i) => start + i * step);
    return this.fromData(values, [length], dtype);
  }

  random(distribution: Distribution, shape: Shape, key: Key): Tensor {
    return this.fromData(draw(distribution, sizeOf(shape), key), shape, "float32");
  }

  read(x: Tensor): TensorData {
    const data = new arrays[x.dtype](x.size);
    this.#core.attempt((binding) => binding.readInto(this.#core.raw(x), data));
    return data;
  }

  lend<T>(x: Tensor, use: (data: TensorData) => T): T {
    if (x.size === 0) return use(new arrays[x.dtype](0));
    return this.#core.attempt((binding) =>
      binding.lend(this.#core.raw(x), (elements) => use(new arrays[x.dtype](elements))),
    );
  }

  // Element by element

  unary(op: UnaryOp, x: Tensor): Tensor {
    return elementwise.unary(this.#core, op, x);
  }

  binary(op: BinaryOp, a: Operand, b: Operand, shape: Shape): Tensor {
    return elementwise.binary(this.#core, op, a, b, shape);
  }

  pow(x: Tensor, exponent: number): Tensor {
    return elementwise.pow(this.#core, x, exponent);
  }

  clamp(x: Tensor, low: number, high: number): Tensor {
    return this.#core.make(x.shape, x.dtype, this.#core.ops.clamp, this.#core.at(x), low, high);
  }

  compare(op: CompareOp, a: Operand, b: Operand, shape: Shape): Tensor {
    return elementwise.compare(this.#core, op, a, b, shape);
  }

  logical(op: "and" | "or", a: Tensor, b: Tensor, shape: Shape): Tensor {
    const { ops } = this.#core;
    const which = op === "and" ? ops.logicalAnd : ops.logicalOr;
    return this.#core.make(shape, "bool", which, this.#core.at(a), this.#core.at(b));
  }

  logicalNot(x: Tensor): Tensor {
    return this.#core.make(x.shape, "bool", this.#core.ops.logicalNot, this.#core.at(x));
  }

  where(condition: Tensor, a: Operand, b: Operand, shape: Shape): Tensor {
    return elementwise.where(this.#core, condition, a, b, shape);
  }

  cast(x: Tensor, dtype: DType): Tensor {
    return elementwise.cast(this.#core, x, dtype);
  }

  dropout(x: Tensor, p: number, key: Key): Tensor {
    return elementwise.dropout(this.#core, x, p, key);
  }

  // Reductions

  reduce(op: ReduceOp, x: Tensor, axes: readonly number[], keepDims: boolean, shape: Shape): Tensor {
    return reductions.reduce(this.#core, op, x, axes, keepDims, shape);
  }

  argmax(x: Tensor, axis: number, shape: Shape): Tensor {
    return reductions.argmax(this.#core, x, axis, shape);
  }

  topK(x: Tensor, k: number, shape: Shape): { values: Tensor; indices: Tensor } {
    return reductions.topK(this.#core, x, k, shape);
  }

  logSumExp(x: Tensor, axis: number, shape: Shape): Tensor {
    return reductions.logSumExp(this.#core, x, axis, shape);
  }

  // Layers

  matmul(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean, shape: Shape): Tensor {
    return layers.matmul(this.#core, a, b, transposeA, transposeB, shape);
  }

  linear(x: Tensor, weight: Tensor, bias: Tensor | undefined, shape: Shape): Tensor {
    return layers.linear(this.#core, x, weight, bias, shape);
  }

  conv2d(x: Tensor, weight: Tensor, bias: Tensor | undefined, options: Conv2dOptions, shape: Shape): Tensor {
    return layers.conv2d(this.#core, x, weight, bias, options, shape);
  }

  embedding(weight: Tensor, ids: Tensor, paddingIndex: number | undefined, shape: Shape): Tensor {
    return layers.embedding(this.#core, weight, ids, paddingIndex, shape);
  }

  layerNorm(x: Tensor, weight: Tensor, bias: Tensor, eps: number): Tensor {
    return layers.layerNorm(this.#core, x, weight, bias, eps);
  }

  softmax(x: Tensor, axis: number): Tensor {
    return layers.softmax(this.#core, x, axis);
  }

  logSoftmax(x: Tensor, axis: number): Tensor {
    return layers.logSoftmax(this.#core, x, axis);
  }

  attention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions, shape: Shape): Tensor {
    return layers.attention(this.#core, q, k, v, options, shape);
  }

  crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions, shape: Shape): Tensor {
    return layers.crossEntropy(this.#core, logits, targets, options, shape);
  }

  // Layout

  reshape(x: Tensor, shape: Shape): Tensor {
    return layouts.reshape(this.#core, x, shape);
  }

  transpose(x: Tensor, permutation: readonly number[], shape: Shape): Tensor {
    return layouts.transpose(this.#core, x, permutation, shape);
  }

  concat(xs: readonly Tensor[], axis: number, shape: Shape): Tensor {
    return layouts.concat(this.#core, xs, axis, shape);
  }

  slice(x: Tensor, begin: readonly number[], size: Shape): Tensor {
    return layouts.slice(this.#core, x, begin, size);
  }

  gather(x: Tensor, indices: Tensor, axis: number, shape: Shape): Tensor {
    return layouts.gather(this.#core, x, indices, axis, shape);
  }

  broadcastTo(x: Tensor, shape: Shape): Tensor {
    return layouts.broadcastTo(this.#core, x, shape);
  }

  oneHot(indices: Tensor, depth: number, shape: Shape): Tensor {
    return layouts.oneHot(this.#core, indices, depth, shape);
  }

  // Gradients and lifetimes

  parameter(x: Tensor): void {
    this.#core.binding.parameter(this.#core.raw(x));
  }

  detach(x: Tensor): Tensor {
    return this.#core.make(x.shape, x.dtype, this.#core.ops.detach, this.#core.at(x));
  }

  grad(loss: Tensor, params: readonly Tensor[], onGradient?: OnGradient): (Tensor | null)[] {
    return grad(this.#core, loss, params, onGradient);
  }

  /** Memory for gradients that processes sum; see distributed/c10d. */
  openFlat(length: number): FlatMemory {
    return new FlatMemory(this.#core, length);
  }

  customGradient(inputs: readonly Tensor[], value: Tensor, backward: BackwardFunction): Tensor {
    return customGradient(this.#core, inputs, value, backward);
  }

  noGrad<T>(body: () => T): T {
    return this.#core.noGrad(body);
  }

  autocast<T>(dtype: AmpDType, body: () => T): T {
    return this.#core.autocast(dtype, body);
  }

  checkpoint(inputs: readonly Tensor[], body: (inputs: readonly Tensor[]) => Tensor): Tensor {
    return checkpoint(this.#core, inputs, body);
  }

  scope<T>(body: () => T): T {
    return this.#core.scope(body);
  }

  // In place

  assign(target: Tensor, value: Tensor): void {
    training.assign(this.#core, target, value);
  }

  adamwStep(
    params: readonly Tensor[],
    grads: readonly Tensor[],
    expAvg: readonly Tensor[],
    expAvgSq: readonly Tensor[],
    options: AdamWOptions,
  ): void {
    training.adamwStep(this.#core, params, grads, expAvg, expAvgSq, options);
  }

  globalNorm(tensors: readonly Tensor[]): Tensor {
    return training.globalNorm(this.#core, tensors);
  }

  scaleInPlace(tensors: readonly Tensor[], factor: number): void {
    training.scaleInPlace(this.#core, tensors, factor);
  }

  addInPlace(targets: readonly Tensor[], values: readonly Tensor[]): void {
    training.addInPlace(this.#core, targets, values);
  }
}
