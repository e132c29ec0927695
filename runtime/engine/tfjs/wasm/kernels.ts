import type {
  AdamWOptions,
  BinaryOp,
  CompareOp,
  Conv2dOptions,
  ReduceOp,
  UnaryOp,
} from "../../../tensor/engine.ts";
import type { DType, Key, Shape, TensorData } from "../../../tensor/index.ts";
import { dropThreshold, keyWords } from "../../../tensor/random.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import type { AttentionTerms, Kernels, Term } from "../kernels.ts";
import { Value, type ValueStore } from "../value.ts";
import { planBinary } from "../wasm-kernels/broadcast.ts";
import { planPermute } from "../wasm-kernels/permute.ts";
import * as plain from "../wasm-kernels/plain.ts";
import { attention, attentionGrad } from "./attention.ts";
import * as convolution from "./convolution.ts";
import type { WasmHeap } from "./heap.ts";
import { multiplyInto } from "./product.ts";
import { reduce, sumOfSquares } from "./reductions.ts";
import * as rows from "./rows.ts";

const elementBytes: Readonly<Record<DType, number>> = { float32: 4, int32: 4, bool: 1 };

/** The kernels on the wasm heap. */
export class WasmKernels implements Kernels {
  readonly name = "wasm";
  readonly device = "cpu";
  readonly values: ValueStore;
  readonly #heap: WasmHeap;

  constructor(heap: WasmHeap) {
    this.#heap = heap;
    this.values = heap.values;
  }

  get threads(): number {
    return this.#heap.threads;
  }

  dispose(): void {
    this.#heap.dispose();
  }

  create(data: TensorData, shape: Shape, dtype: DType): Value {
    return this.#heap.create(data, shape, dtype);
  }

  full(shape: Shape, value: number, dtype: DType): Value {
    const out = this.#heap.empty(shape, dtype);
    if (dtype === "float32") this.#heap.runFlat("fill", out.size, this.#heap.at(out), out.size, value);
    else this.#heap.view(out).fill(value);
    return out;
  }

  read(x: Value): TensorData {
    return this.#heap.view(x).slice();
  }

  lend<T>(x: Value, use: (data: TensorData) => T): T {
    return use(this.#heap.view(x));
  }

  reshape(x: Value, shape: Shape): Value {
    return this.#heap.alias(x, shape);
  }

  copyInto(target: Value, source: Value): void {
    this.#heap.bytes(target).set(this.#heap.bytes(source));
  }

  // Element by element

  unary(op: UnaryOp, x: Value): Value {
    const out = this.#heap.empty(x.shape);
    this.#heap.runFlat(`unary_${op}`, x.size, this.#heap.at(x), this.#heap.at(out), x.size);
    return out;
  }

  unaryGrad(op: UnaryOp, saved: Value | undefined, dy: Value): Value {
    const out = this.#heap.empty(dy.shape);
    const from = this.#heap.at(saved ?? dy);
    this.#heap.runFlat(`grad_${op}`, dy.size, from, this.#heap.at(dy), this.#heap.at(out), dy.size);
    return out;
  }

  binary(op: BinaryOp, a: Term, b: Term, dtype: DType, shape: Shape): Value {
    const out = this.#heap.empty(shape, dtype);
    if (dtype !== "float32") {
      plain.integerBinary(op, this.#operand(a), this.#operand(b), this.#heap.view(out), shape);
      return out;
    }
    const plan = planBinary(a instanceof Value ? a.shape : [], b instanceof Value ? b.shape : [], shape);
    if (plan === undefined) {
      // More than four groups of axes broadcast differently: write the operands out in full.
      this.values.release(out);
      const [left, right] = [this.broadcastTo(a as Value, shape), this.broadcastTo(b as Value, shape)];
      const result = this.binary(op, left, right, dtype, shape);
      for (const value of [left, right]) this.values.release(value);
      return result;
    }
    const [aAt, bAt] = [this.#termAt(a, 0), this.#termAt(b, 1)];
    this.#heap.run(`binary_${op}`, plan.rows, plan.width, aAt, bAt, this.#heap.at(out), ...plan.args);
    return out;
  }

  #termAt(term: Term, slot: 0 | 1): number {
    return term instanceof Value ? this.#heap.at(term) : this.#heap.number(term, slot);
  }

  #operand(term: Term): plain.Operand {
    if (term instanceof Value) return { data: this.#heap.view(term), shape: term.shape };
    return { data: [term], shape: [] };
  }

  pow(x: Value, exponent: number): Value {
    const out = this.#heap.empty(x.shape);
    const [from, to] = [this.#heap.view(x), this.#heap.view(out)];
    for (let i = 0; i < to.length; i++) to[i] = (from[i] as number) ** exponent;
    return out;
  }

  clamp(x: Value, low: number, high: number): Value {
    const out = this.#heap.empty(x.shape);
    this.#heap.runFlat("clamp", x.size, this.#heap.at(x), this.#heap.at(out), x.size, low, high);
    return out;
  }

  compare(op: CompareOp, a: Term, b: Term, shape: Shape): Value {
    const out = this.#heap.empty(shape, "bool");
    plain.compare(op, this.#operand(a), this.#operand(b), this.#heap.view(out), shape);
    return out;
  }

  logical(op: "and" | "or", a: Value, b: Value, shape: Shape): Value {
    const out = this.#heap.empty(shape, "bool");
    plain.logical(op, this.#operand(a), this.#operand(b), this.#heap.view(out), shape);
    return out;
  }

  logicalNot(x: Value): Value {
    return this.compare("equal", x, 0, x.shape);
  }

  where(condition: Value, a: Term, b: Term, dtype: DType, shape: Shape): Value {
    const out = this.#heap.empty(shape, dtype);
    const [c, left, right] = [this.#operand(condition), this.#operand(a), this.#operand(b)];
    plain.where(c, left, right, this.#heap.view(out), shape);
    return out;
  }

  cast(x: Value, dtype: DType): Value {
    if (dtype === "bool" && x.dtype !== "bool") return this.compare("notEqual", x, 0, x.shape);
    const out = this.#heap.empty(x.shape, dtype);
    this.#heap.view(out).set(this.#heap.view(x)); // typed arrays convert: to integers by truncation
    return out;
  }

  dropout(x: Value, p: number, key: Key): Value {
    const out = this.#heap.empty(x.shape);
    const [keyA, keyB] = keyWords(key);
    const [from, to] = [this.#heap.at(x), this.#heap.at(out)];
    this.#heap.runFlat("dropout", x.size, from, to, x.size, keyA, keyB, dropThreshold(p), 1 / (1 - p));
    return out;
  }

  // Reductions

  reduce(op: ReduceOp, x: Value, axes: readonly number[], shape: Shape): Value {
    return reduce(this, this.#heap, op, x, axes, shape);
  }

  argmax(x: Value, axis: number, shape: Shape): Value {
    const out = this.#heap.empty(shape, "int32");
    const [outer, n, inner] = around(x.shape, axis);
    plain.argmax(this.#heap.view(x), outer, n, inner, this.#heap.view(out));
    return out;
  }

  topK(x: Value, k: number, shape: Shape): { values: Value; indices: Value } {
    const values = this.#heap.empty(shape);
    const indices = this.#heap.empty(shape, "int32");
    const width = x.shape.at(-1) as number;
    plain.topK(this.#heap.view(x), width, k, this.#heap.view(values), this.#heap.view(indices));
    return { values, indices };
  }

  // Layers

  matmul(
    a: Value,
    b: Value,
    transposeA: boolean,
    transposeB: boolean,
    shape: Shape,
    { bias, scale = 1 }: { readonly bias?: Value | undefined; readonly scale?: number } = {},
  ): Value {
    const out = this.#heap.empty(shape);
    multiplyInto(this, this.#heap, out, { a, b, transposeA, transposeB, bias, scale });
    return out;
  }

  conv2d(x: Value, weight: Value, bias: Value | undefined, options: Conv2dOptions, shape: Shape): Value {
    return convolution.conv2d(this, this.#heap, x, weight, bias, options, shape);
  }

  conv2dGradInput(dy: Value, weight: Value, options: Conv2dOptions, shape: Shape): Value {
    return convolution.conv2dGradInput(this, this.#heap, dy, weight, options, shape);
  }

  conv2dGradWeight(dy: Value, x: Value, options: Conv2dOptions, shape: Shape): Value {
    return convolution.conv2dGradWeight(this, this.#heap, dy, x, options, shape);
  }

  attention(q: Value, k: Value, v: Value, terms: AttentionTerms): { out: Value; probabilities: Value } {
    return attention(this, this.#heap, q, k, v, terms);
  }

  attentionGrad(
    dOut: Value,
    q: Value,
    k: Value,
    v: Value,
    probabilities: Value,
    terms: AttentionTerms,
  ): { dq: Value; dk: Value; dv: Value } {
    return attentionGrad(this, dOut, q, k, v, probabilities, terms);
  }

  gather(op: string, x: Value, indices: Value, axis: number, shape: Shape): Value {
    const [outer, n, inner] = around(x.shape, axis);
    const out = this.#heap.empty(shape, x.dtype);
    const at = this.#heap.view(indices);
    try {
      plain.checkIndices(op, at, n);
    } catch (error) {
      this.values.release(out);
      throw error;
    }
    plain.gather(this.#heap.bytes(x), at, outer, n, inner * elementBytes[x.dtype], this.#heap.bytes(out));
    return out;
  }

  scatterAdd(dy: Value, indices: Value, axis: number, shape: Shape, ignored: number | undefined): Value {
    const [outer, n, inner] = around(shape, axis);
    const out = this.full(shape, 0, "float32");
    const [values, at, sums] = [dy, indices, out].map((value) => this.#heap.view(value)) as [
      TensorData,
      TensorData,
      TensorData,
    ];
    plain.scatterAdd(values, at, outer, n, inner, ignored, sums);
    return out;
  }

  layerNorm(x: Value, weight: Value, bias: Value, eps: number): { y: Value; mean: Value; rstd: Value } {
    return rows.layerNorm(this.#heap, x, weight, bias, eps);
  }

  layerNormGrad(
    dy: Value,
    x: Value,
    weight: Value,
    mean: Value,
    rstd: Value,
  ): { dx: Value; dWeight: Value; dBias: Value } {
    return rows.layerNormGrad(this, this.#heap, dy, x, weight, mean, rstd);
  }

  softmax(x: Value): Value {
    return this.#mapRows("softmax", x);
  }

  logSoftmax(x: Value): Value {
    return this.#mapRows("logSoftmax", x);
  }

  #mapRows(name: string, x: Value): Value {
    const [count, width] = rows.rowsOf(x);
    const y = this.#heap.empty(x.shape);
    this.#heap.run(name, count, 4 * width, this.#heap.at(x), this.#heap.at(y), width);
    return y;
  }

  softmaxGrad(y: Value, dy: Value): Value {
    const out = this.#heap.empty(dy.shape);
    this.softmaxGradInto(out, y, dy, 1);
    return out;
  }

  /** @internal y (dy − Σ dy·y) · scale, to `out`, which may be `dy`. */
  softmaxGradInto(out: Value, y: Value, dy: Value, scale: number): void {
    const [count, width] = rows.rowsOf(y);
    const args = [y, dy, out].map((value) => this.#heap.at(value));
    this.#heap.run("softmaxGrad", count, 2 * width, ...args, width, scale);
  }

  logSoftmaxGrad(y: Value, dy: Value): Value {
    const [count, width] = rows.rowsOf(y);
    const out = this.#heap.empty(dy.shape);
    const args = [y, dy, out].map((value) => this.#heap.at(value));
    this.#heap.run("logSoftmaxGrad", count, 4 * width, ...args, width);
    return out;
  }

  crossEntropy(
    logits: Value,
    targets: Value,
    ignoreIndex: number,
    labelSmoothing: number,
  ): { losses: Value; saved: Value } {
    return rows.crossEntropy(this.#heap, logits, targets, ignoreIndex, labelSmoothing);
  }

  crossEntropyGrad(
    dLosses: Value,
    logits: Value,
    targets: Value,
    saved: Value,
    ignoreIndex: number,
    labelSmoothing: number,
  ): Value {
    return rows.crossEntropyGrad(this.#heap, dLosses, logits, targets, saved, ignoreIndex, labelSmoothing);
  }

  // Layout

  transpose(x: Value, permutation: readonly number[], shape: Shape): Value {
    const plan = x.dtype === "bool" ? undefined : planPermute(x.shape, permutation);
    if (plan === undefined) return this.#heap.call("Transpose", { x }, { perm: [...permutation] });
    const out = this.#heap.empty(shape, x.dtype);
    this.#heap.run("permute", plan.rows, plan.width, this.#heap.at(x), this.#heap.at(out), ...plan.args);
    return out;
  }

  concat(xs: readonly Value[], axis: number, shape: Shape): Value {
    const [first] = xs as readonly [Value];
    const out = this.#heap.empty(shape, first.dtype);
    const begin = shape.map(() => 0);
    const target = this.#heap.bytes(out);
    for (const x of xs) {
      plain.copyBox(target, shape, this.#heap.bytes(x), begin, x.shape, elementBytes[x.dtype], true);
      begin[axis] = (begin[axis] as number) + (x.shape[axis] as number);
    }
    return out;
  }

  slice(x: Value, begin: readonly number[], size: Shape): Value {
    const out = this.#heap.empty(size, x.dtype);
    const [array, box] = [this.#heap.bytes(x), this.#heap.bytes(out)];
    plain.copyBox(array, x.shape, box, begin, size, elementBytes[x.dtype], false);
    return out;
  }

  unslice(dy: Value, begin: readonly number[], shape: Shape): Value {
    const out = this.full(shape, 0, dy.dtype);
    const [array, box] = [this.#heap.bytes(out), this.#heap.bytes(dy)];
    plain.copyBox(array, shape, box, begin, dy.shape, elementBytes[dy.dtype], true);
    return out;
  }

  broadcastTo(x: Value, shape: Shape): Value {
    if (x.dtype === "float32" && planBinary(x.shape, [], shape) !== undefined) {
      return this.binary("add", x, 0, "float32", shape);
    }
    const out = this.#heap.empty(shape, x.dtype);
    plain.broadcastTo(this.#operand(x), this.#heap.view(out), shape);
    return out;
  }

  oneHot(indices: Value, depth: number, shape: Shape): Value {
    const out = this.full(shape, 0, "float32");
    const to = this.#heap.view(out);
    for (const [row, index] of this.#heap.view(indices).entries()) {
      if (index >= 0 && index < depth) to[row * depth + index] = 1;
    }
    return out;
  }

  // In place

  adamwInPlace(param: Value, grad: Value, expAvg: Value, expAvgSq: Value, options: AdamWOptions): void {
    const { lr, beta1, beta2, eps, weightDecay, step } = options;
    const args = [param, grad, expAvg, expAvgSq].map((value) => this.#heap.at(value));
    const rate = lr / (1 - beta1 ** step);
    const inverseRoot = 1 / Math.sqrt(1 - beta2 ** step);
    const numbers = [1 - lr * weightDecay, rate, inverseRoot, beta1, beta2, 1 - beta1, 1 - beta2, eps];
    this.#heap.runFlat("adamw", param.size, ...args, param.size, ...numbers);
  }

  sumOfSquares(xs: readonly Value[]): Value {
    return sumOfSquares(this.#heap, xs);
  }

  scaleInPlace(x: Value, factor: number): void {
    this.#heap.runFlat("scale", x.size, this.#heap.at(x), this.#heap.at(x), x.size, factor);
  }

  addInto(target: Value, value: Value): void {
    const plan = planBinary(target.shape, value.shape, target.shape);
    if (plan === undefined) throw new Error("shapes of addInto must be equal");
    const [to, from] = [this.#heap.at(target), this.#heap.at(value)];
    this.#heap.run("binary_add", plan.rows, plan.width, to, from, to, ...plan.args);
  }
}

/** The elements before, along, and after an axis. */
function around(shape: Shape, axis: number): [outer: number, n: number, inner: number] {
  return [sizeOf(shape.slice(0, axis)), shape[axis] as number, sizeOf(shape.slice(axis + 1))];
}
