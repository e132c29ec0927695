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
import {
  type Device,
  type DType,
  type Engine,
  type Key,
  type MemoryUse,
  type OnGradient,
  type Shape,
  Tensor,
  type TensorData,
  TensorError,
} from "../../tensor/index.ts";
import { draw } from "../../tensor/random.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { EngineCore } from "./core.ts";
import type { Kernels, Term } from "./kernels.ts";
import { checkpoint } from "./ops/checkpoint.ts";
import { customGradient } from "./ops/custom-gradient.ts";
import * as elementwise from "./ops/elementwise.ts";
import * as layers from "./ops/layers.ts";
import * as layouts from "./ops/layouts.ts";
import * as reductions from "./ops/reductions.ts";
import type { Value } from "./value.ts";

/** The engine on any tfjs backend: its kernels, and a graph of our own for gradients and lifetimes. */
export class TfjsEngine implements Engine {
  readonly name: string;
  readonly device: Device;
  readonly threads: number;
  readonly ampDTypes: readonly AmpDType[] = [];
  readonly #core: EngineCore;
  readonly #kernels: Kernels;

  constructor(kernels: Kernels) {
    this.name = kernels.name;
    this.device = kernels.device;
    this.threads = kernels.threads;
    this.#kernels = kernels;
    this.#core = new EngineCore(this, kernels);
  }

  memory(): MemoryUse {
    return this.#core.memory();
  }

  dispose(): void {
    this.#kernels.dispose();
  }

  #value(x: Tensor): Value {
    return this.#core.own(x).value;
  }

  #term(x: Operand): Term {
    return x instanceof Tensor ? this.#value(x) : x;
  }

  // Data

  fromData(data: TensorData, shape: Shape, dtype: DType): Tensor {
    return this.#core.constant(this.#kernels.create(data, shape, dtype));
  }

  full(shape: Shape, value: number, dtype: DType): Tensor {
    return this.#core.constant(this.#kernels.full(shape, value, dtype));
  }

  arange(start: number, step: number, length: number, dtype: DType): Tensor {
    const values = Array.from({ length }, (_, i) => start + i * step);
    return this.fromData(
      dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values),
      [length],
      dtype,
    );
  }

  random(distribution: Distribution, shape: Shape, key: Key): Tensor {
    return this.fromData(draw(distribution, sizeOf(shape), key), shape, "float32");
  }

  read(x: Tensor): TensorData {
    return this.#kernels.read(this.#value(x));
  }

  wrap(data: TensorData, shape: Shape, dtype: DType): Tensor {
    return this.fromData(data, shape, dtype);
  }

  lend<T>(x: Tensor, use: (data: TensorData) => T): T {
    return this.#kernels.lend(this.#value(x), use);
  }

  // Element by element

  unary(op: UnaryOp, x: Tensor): Tensor {
    return elementwise.unary(this.#core, op, this.#core.own(x));
  }

  binary(op: BinaryOp, a: Operand, b: Operand, shape: Shape): Tensor {
    return elementwise.binary(this.#core, op, a, b, shape);
  }

  pow(x: Tensor, exponent: number): Tensor {
    return elementwise.pow(this.#core, this.#core.own(x), exponent);
  }

  clamp(x: Tensor, low: number, high: number): Tensor {
    return elementwise.clamp(this.#core, this.#core.own(x), low, high);
  }

  compare(op: CompareOp, a: Operand, b: Operand, shape: Shape): Tensor {
    return this.#core.constant(this.#kernels.compare(op, this.#term(a), this.#term(b), shape));
  }

  logical(op: "and" | "or", a: Tensor, b: Tensor, shape: Shape): Tensor {
    return this.#core.constant(this.#kernels.logical(op, this.#value(a), this.#value(b), shape));
  }

  logicalNot(x: Tensor): Tensor {
    return this.#core.constant(this.#kernels.logicalNot(this.#value(x)));
  }

  where(condition: Tensor, a: Operand, b: Operand, shape: Shape): Tensor {
    return elementwise.where(this.#core, this.#core.own(condition), a, b, shape);
  }

  cast(x: Tensor, dtype: DType): Tensor {
    // A cast to its own dtype is the tensor itself, with its history.
    if (x.dtype === dtype) return layouts.reshape(this.#core, this.#core.own(x), x.shape);
    return this.#core.constant(this.#kernels.cast(this.#value(x), dtype));
  }

  dropout(x: Tensor, p: number, key: Key): Tensor {
    return elementwise.dropout(this.#core, this.#core.own(x), p, key);
  }

  // Reductions

  reduce(op: ReduceOp, x: Tensor, axes: readonly number[], _keepDims: boolean, shape: Shape): Tensor {
    return reductions.reduce(this.#core, op, this.#core.own(x), axes, shape);
  }

  argmax(x: Tensor, axis: number, shape: Shape): Tensor {
    return this.#core.constant(this.#kernels.argmax(this.#value(x), axis, shape));
  }

  topK(x: Tensor, k: number, shape: Shape): { values: Tensor; indices: Tensor } {
    const { values, indices } = this.#kernels.topK(this.#value(x), k, shape);
    return { values: this.#core.constant(values), indices: this.#core.constant(indices) };
  }

  logSumExp(x: Tensor, axis: number, shape: Shape): Tensor {
    return reductions.logSumExp(this.#core, this.#core.own(x), axis, shape);
  }

  // Layers

  matmul(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean, shape: Shape): Tensor {
    return layers.matmul(this.#core, this.#core.own(a), this.#core.own(b), transposeA, transposeB, shape);
  }

  linear(x: Tensor, weight: Tensor, bias: Tensor | undefined, shape: Shape): Tensor {
    const core = this.#core;
    return layers.linear(core, core.own(x), core.own(weight), bias && core.own(bias), shape);
  }

  conv2d(x: Tensor, weight: Tensor, bias: Tensor | undefined, options: Conv2dOptions, shape: Shape): Tensor {
    const core = this.#core;
    return layers.conv2d(core, core.own(x), core.own(weight), bias && core.own(bias), options, shape);
  }

  embedding(weight: Tensor, ids: Tensor, paddingIndex: number | undefined, shape: Shape): Tensor {
    return layers.embedding(this.#core, this.#core.own(weight), this.#core.own(ids), paddingIndex, shape);
  }

  layerNorm(x: Tensor, weight: Tensor, bias: Tensor, eps: number): Tensor {
    const core = this.#core;
    return layers.layerNorm(core, core.own(x), core.own(weight), core.own(bias), eps);
  }

  softmax(x: Tensor, axis: number): Tensor {
    return this.#alongLast(x, axis, (moved) => layers.softmax(this.#core, this.#core.own(moved)));
  }

  logSoftmax(x: Tensor, axis: number): Tensor {
    return this.#alongLast(x, axis, (moved) => layers.logSoftmax(this.#core, this.#core.own(moved)));
  }

  /** Runs an op of the last axis on another one, by moving that to the end and back. */
  #alongLast(x: Tensor, axis: number, op: (x: Tensor) => Tensor): Tensor {
    const last = x.rank - 1;
    if (axis === last) return op(x);
    const swap = x.shape.map((_, i) => (i === axis ? last : i === last ? axis : i));
    const swapped = (of: Tensor): Tensor =>
      this.transpose(
        of,
        swap,
        swap.map((i) => of.shape[i] as number),
      );
    const moved = swapped(x);
    const result = op(moved);
    moved.dispose();
    const back = swapped(result);
    result.dispose();
    return back;
  }

  attention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions): Tensor {
    const core = this.#core;
    return layers.attention(core, core.own(q), core.own(k), core.own(v), options);
  }

  crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions): Tensor {
    return layers.crossEntropy(this.#core, this.#core.own(logits), this.#core.own(targets), options);
  }

  // Layout

  reshape(x: Tensor, shape: Shape): Tensor {
    return layouts.reshape(this.#core, this.#core.own(x), shape);
  }

  transpose(x: Tensor, permutation: readonly number[], shape: Shape): Tensor {
    return layouts.transpose(this.#core, this.#core.own(x), permutation, shape);
  }

  concat(xs: readonly Tensor[], axis: number, shape: Shape): Tensor {
    return layouts.concat(
      this.#core,
      xs.map((x) => this.#core.own(x)),
      axis,
      shape,
    );
  }

  slice(x: Tensor, begin: readonly number[], size: Shape): Tensor {
    return layouts.slice(this.#core, this.#core.own(x), begin, size);
  }

  gather(x: Tensor, indices: Tensor, axis: number, shape: Shape): Tensor {
    return layouts.gather(this.#core, this.#core.own(x), this.#core.own(indices), axis, shape);
  }

  broadcastTo(x: Tensor, shape: Shape): Tensor {
    return layouts.broadcastTo(this.#core, this.#core.own(x), shape);
  }

  oneHot(indices: Tensor, depth: number, shape: Shape): Tensor {
    return this.#core.constant(this.#kernels.oneHot(this.#value(indices), depth, shape));
  }

  // Gradients and lifetimes

  parameter(x: Tensor): void {
    this.#core.own(x).becomeParameter();
  }

  detach(x: Tensor): Tensor {
    return this.#core.constant(this.#kernels.reshape(this.#value(x), x.shape));
  }

  grad(loss: Tensor, params: readonly Tensor[], onGradient?: OnGradient): (Tensor | null)[] {
    return this.#core.grad(
      this.#core.own(loss),
      params.map((param) => this.#core.own(param)),
      onGradient,
    );
  }

  customGradient(inputs: readonly Tensor[], value: Tensor, backward: BackwardFunction): Tensor {
    return customGradient(
      this.#core,
      inputs.map((input) => this.#core.own(input)),
      this.#core.own(value),
      backward,
    );
  }

  noGrad<T>(body: () => T): T {
    return this.#core.tape.paused(body);
  }

  autocast(dtype: AmpDType): never {
    throw new TensorError("autocast", `engine ${this.name} has no mixed precision in ${dtype}`);
  }

  checkpoint(inputs: readonly Tensor[], body: (inputs: readonly Tensor[]) => Tensor): Tensor {
    return checkpoint(
      this.#core,
      inputs.map((input) => this.#core.own(input)),
      body,
    );
  }

  scope<T>(body: () => T): T {
    return this.#core.scope(body);
  }

  // In place

  assign(target: Tensor, value: Tensor): void {
    this.#kernels.copyInto(this.#value(target), this.#value(value));
  }

  adamwStep(
    params: readonly Tensor[],
    grads: readonly Tensor[],
    expAvg: readonly Tensor[],
    expAvgSq: readonly Tensor[],
    options: AdamWOptions,
  ): void {
    const value = (list: readonly Tensor[], index: number): Value => this.#value(list[index] as Tensor);
    for (let i = 0; i < params.length; i++) {
      const state = [value(grads, i), value(expAvg, i), value(expAvgSq, i)] as const;
      this.#kernels.adamwInPlace(value(params, i), ...state, options);
    }
  }

  globalNorm(tensors: readonly Tensor[]): Tensor {
    const sum = this.#kernels.sumOfSquares(tensors.map((x) => this.#value(x)));
    const norm = this.#kernels.unary("sqrt", sum);
    this.#kernels.values.release(sum);
    return this.#core.constant(norm);
  }

  scaleInPlace(tensors: readonly Tensor[], factor: number): void {
    for (const x of tensors) this.#kernels.scaleInPlace(this.#value(x), factor);
  }

  addInPlace(targets: readonly Tensor[], values: readonly Tensor[]): void {
    for (const [i, target] of targets.entries()) {
      this.#kernels.addInto(this.#value(target), this.#value(values[i] as Tensor));
    }
  }
}
