import type {
  AdamWOptions,
  BinaryOp,
  CompareOp,
  Conv2dOptions,
  ReduceOp,
  UnaryOp,
} from "../../../tensor/engine.ts";
import type { Device, DType, Key, Shape, TensorData } from "../../../tensor/index.ts";
import { dropMask } from "../../../tensor/random.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import type { AttentionTerms, Kernels, Term } from "../kernels.ts";
import type { Value, ValueStore } from "../value.ts";
import { checkIndices } from "../wasm-kernels/plain.ts";
import type { Binding, NodeEngineName } from "./binding.ts";
import * as layers from "./layers.ts";
import { type Argument, TensorFlow, temporaries } from "./ops.ts";
import { unary, unaryGrad } from "./unary.ts";

const float = { T: "float32" } as const;

const binaryNames: Readonly<Record<BinaryOp, string>> = {
  add: "AddV2",
  sub: "Sub",
  mul: "Mul",
  div: "RealDiv",
  maximum: "Maximum",
  minimum: "Minimum",
};
const compareNames: Readonly<Record<CompareOp, string>> = {
  equal: "Equal",
  notEqual: "NotEqual",
  less: "Less",
  lessEqual: "LessEqual",
  greater: "Greater",
  greaterEqual: "GreaterEqual",
};
const reduceNames: Readonly<Record<ReduceOp, string>> = { sum: "Sum", mean: "Mean", max: "Max", min: "Min" };

/** The kernels on TensorFlow, through tfjs-node's addon: its eager ops, on the CPU or an NVIDIA GPU. */
export class NodeKernels implements Kernels {
  readonly name: NodeEngineName;
  readonly device: Device;
  readonly threads: number;
  readonly values: ValueStore;
  /** @internal For the layers. */
  readonly tf: TensorFlow;

  constructor(name: NodeEngineName, binding: Binding, threads: number) {
    this.name = name;
    this.device = binding.isUsingGpuDevice() ? "cuda" : "cpu";
    this.threads = threads;
    this.tf = new TensorFlow(binding);
    this.values = this.tf.values;
  }

  dispose(): void {
    this.tf.dispose();
  }

  create(data: TensorData, shape: Shape, dtype: DType): Value {
    return this.tf.create(data, shape, dtype);
  }

  full(shape: Shape, value: number, dtype: DType): Value {
    const size = sizeOf(shape);
    if (dtype === "float32")
      return this.tf.run("Fill", [{ ints: shape }, value], { ...float, index_type: "int32" });
    const data = dtype === "int32" ? new Int32Array(size) : new Uint8Array(size);
    return this.tf.create(data.fill(value), shape, dtype);
  }

  read(x: Value): TensorData {
    return this.tf.read(x);
  }

  lend<T>(x: Value, use: (data: TensorData) => T): T {
    return use(this.tf.read(x));
  }

  reshape(x: Value, shape: Shape): Value {
    return this.tf.reshape(x, shape);
  }

  copyInto(target: Value, source: Value): void {
    this.tf.replace(target, this.tf.run("Identity", [source], { T: source.dtype }));
  }

  // Element by element

  unary(op: UnaryOp, x: Value): Value {
    return unary(this.tf, op, x);
  }

  unaryGrad(op: UnaryOp, saved: Value | undefined, dy: Value): Value {
    return unaryGrad(this.tf, op, saved ?? dy, dy);
  }

  /** A number as an argument of an op on the given type. */
  #term(term: Term, dtype: DType): Argument {
    return typeof term === "number" && dtype === "int32" ? { int: term } : term;
  }

  binary(op: BinaryOp, a: Term, b: Term, dtype: DType, _shape: Shape): Value {
    return this.tf.run(binaryNames[op], [this.#term(a, dtype), this.#term(b, dtype)], { T: dtype });
  }

  pow(x: Value, exponent: number): Value {
    return this.tf.run("Pow", [x, exponent], float);
  }

  clamp(x: Value, low: number, high: number): Value {
    return this.tf.run("ClipByValue", [x, low, high], float);
  }

  compare(op: CompareOp, a: Term, b: Term, _shape: Shape): Value {
    const dtype = typeof a === "number" ? (b as Value).dtype : a.dtype;
    return this.tf.run(compareNames[op], [this.#term(a, dtype), this.#term(b, dtype)], { T: dtype });
  }

  logical(op: "and" | "or", a: Value, b: Value, _shape: Shape): Value {
    return this.tf.run(op === "and" ? "LogicalAnd" : "LogicalOr", [a, b]);
  }

  logicalNot(x: Value): Value {
    return this.tf.run("LogicalNot", [x]);
  }

  where(condition: Value, a: Term, b: Term, dtype: DType, shape: Shape): Value {
    const chosen = this.tf.run("SelectV2", [condition, this.#term(a, dtype), this.#term(b, dtype)], {
      T: dtype,
    });
    if (chosen.shape.length === shape.length) return chosen;
    const result = this.reshape(chosen, shape);
    this.values.release(chosen);
    return result;
  }

  cast(x: Value, dtype: DType): Value {
    // TensorFlow's own cast of floats to bool is x ≠ 0, too.
    return this.tf.run("Cast", [x], { SrcT: x.dtype, DstT: dtype, Truncate: false });
  }

  dropout(x: Value, p: number, key: Key): Value {
    return temporaries(this.values, (t) => {
      const mask = t(this.tf.create(dropMask(key, x.size, p), x.shape, "float32"));
      return this.tf.run("Mul", [x, mask], float);
    });
  }

  // Reductions

  reduce(op: ReduceOp, x: Value, axes: readonly number[], shape: Shape): Value {
    const isKept = shape.length === x.shape.length;
    const attributes = { T: x.dtype, Tidx: "int32", keep_dims: isKept } as const;
    return this.tf.run(reduceNames[op], [x, { ints: axes }], attributes);
  }

  argmax(x: Value, axis: number, _shape: Shape): Value {
    return this.tf.run("ArgMax", [x, { int: axis }], { T: x.dtype, Tidx: "int32", output_type: "int32" });
  }

  topK(x: Value, k: number, _shape: Shape): { values: Value; indices: Value } {
    const attributes = { ...float, sorted: true } as const;
    const [values, indices] = this.tf.runMany("TopKV2", [x, { int: k }], attributes, 2) as [Value, Value];
    return { values, indices };
  }

  // Layers

  matmul(
    a: Value,
    b: Value,
    transposeA: boolean,
    transposeB: boolean,
    shape: Shape,
    { bias }: { readonly bias?: Value | undefined } = {},
  ): Value {
    if (shape.length > 2) {
      return this.tf.run("BatchMatMulV2", [a, b], { ...float, adj_x: transposeA, adj_y: transposeB });
    }
    const product = this.tf.run("MatMul", [a, b], {
      ...float,
      transpose_a: transposeA,
      transpose_b: transposeB,
    });
    if (bias === undefined) return product;
    const sum = this.tf.run("BiasAdd", [product, bias], float);
    this.values.release(product);
    return sum;
  }

  conv2d(x: Value, weight: Value, bias: Value | undefined, options: Conv2dOptions, _shape: Shape): Value {
    return layers.conv2d(this, x, weight, bias, options);
  }

  conv2dGradInput(dy: Value, weight: Value, options: Conv2dOptions, shape: Shape): Value {
    return layers.conv2dGradInput(this, dy, weight, options, shape);
  }

  conv2dGradWeight(dy: Value, x: Value, options: Conv2dOptions, shape: Shape): Value {
    return layers.conv2dGradWeight(this, dy, x, options, shape);
  }

  gather(op: string, x: Value, indices: Value, axis: number, _shape: Shape): Value {
    this.#checkIndices(op, indices, x.shape[axis] as number);
    const types = { Tparams: x.dtype, Tindices: "int32", Taxis: "int32", batch_dims: 0 } as const;
    return this.tf.run("GatherV2", [x, indices, { int: axis }], types);
  }

  /** On a GPU reading them would wait for all work before; TensorFlow gives zeros there for indices outside. */
  #checkIndices(op: string, indices: Value, length: number): void {
    if (this.device === "cpu") checkIndices(op, this.read(indices), length);
  }

  scatterAdd(dy: Value, indices: Value, axis: number, shape: Shape, ignored: number | undefined): Value {
    return temporaries(this.values, (t) => {
      // Segments are along the first axis: bring the indexed axes there.
      const rank = indices.shape.length;
      const order = [
        ...indices.shape.map((_, i) => axis + i),
        ...dy.shape.map((_, i) => i).filter((i) => i < axis || i >= axis + rank),
      ];
      const data = axis === 0 ? dy : t(this.transpose(dy, order));
      const int = { T: "int32" } as const;
      const segments =
        ignored === undefined
          ? indices
          : t(
              this.tf.run(
                "SelectV2",
                [t(this.tf.run("Equal", [indices, { int: ignored }], int)), { int: -1 }, indices],
                int,
              ),
            );
      const types = { ...float, Tindices: "int32", Tnumsegments: "int32" } as const;
      const sums = this.tf.run("UnsortedSegmentSum", [data, segments, { int: shape[axis] as number }], types);
      if (axis === 0) return sums;
      const back = shape.map((_, i) => (i === axis ? 0 : i < axis ? i + 1 : i));
      return this.transpose(t(sums), back);
    });
  }

  layerNorm(x: Value, weight: Value, bias: Value, eps: number): { y: Value; mean: Value; rstd: Value } {
    return layers.layerNorm(this, x, weight, bias, eps);
  }

  layerNormGrad(
    dy: Value,
    x: Value,
    weight: Value,
    mean: Value,
    rstd: Value,
  ): { dx: Value; dWeight: Value; dBias: Value } {
    return layers.layerNormGrad(this, dy, x, weight, mean, rstd);
  }

  softmax(x: Value): Value {
    return this.tf.run("Softmax", [x], float);
  }

  softmaxGrad(y: Value, dy: Value): Value {
    return layers.softmaxGrad(this, y, dy);
  }

  logSoftmax(x: Value): Value {
    return this.tf.run("LogSoftmax", [x], float);
  }

  logSoftmaxGrad(y: Value, dy: Value): Value {
    return layers.logSoftmaxGrad(this, y, dy);
  }

  attention(q: Value, k: Value, v: Value, terms: AttentionTerms): { out: Value; probabilities: Value } {
    return layers.attention(this, q, k, v, terms);
  }

  attentionGrad(
    dOut: Value,
    q: Value,
    k: Value,
    v: Value,
    probabilities: Value,
    terms: AttentionTerms,
  ): { dq: Value; dk: Value; dv: Value } {
    return layers.attentionGrad(this, dOut, q, k, v, probabilities, terms);
  }

  crossEntropy(
    logits: Value,
    targets: Value,
    ignoreIndex: number,
    labelSmoothing: number,
  ): { losses: Value; saved: Value } {
    if (this.device === "cpu") {
      const classes = this.read(targets).filter((target) => target !== ignoreIndex);
      checkIndices("crossEntropy", classes, logits.shape[1] as number);
    }
    return layers.crossEntropy(this, logits, targets, ignoreIndex, labelSmoothing);
  }

  crossEntropyGrad(
    dLosses: Value,
    _logits: Value,
    targets: Value,
    saved: Value,
    ignoreIndex: number,
    labelSmoothing: number,
  ): Value {
    return layers.crossEntropyGrad(this, dLosses, targets, saved, ignoreIndex, labelSmoothing);
  }

  // Layout

  transpose(x: Value, permutation: readonly number[]): Value {
    return this.tf.run("Transpose", [x, { ints: permutation }], { T: x.dtype, Tperm: "int32" });
  }

  concat(xs: readonly Value[], axis: number, _shape: Shape): Value {
    const [first] = xs as readonly [Value];
    if (xs.length === 1) return this.tf.run("Identity", [first], { T: first.dtype });
    return this.tf.run("ConcatV2", [...xs, { int: axis }], { N: xs.length, T: first.dtype, Tidx: "int32" });
  }

  slice(x: Value, begin: readonly number[], size: Shape): Value {
    return this.tf.run("Slice", [x, { ints: begin }, { ints: size }], { T: x.dtype, Index: "int32" });
  }

  unslice(dy: Value, begin: readonly number[], shape: Shape): Value {
    return this.pad(
      dy,
      shape.map((length, axis) => {
        const before = begin[axis] as number;
        return [before, length - before - (dy.shape[axis] as number)];
      }),
    );
  }

  /** Zeros around, [before, after] along each axis. */
  pad(x: Value, paddings: readonly (readonly [number, number])[]): Value {
    return temporaries(this.values, (t) => {
      const flat = t(this.tf.create(Int32Array.from(paddings.flat()), [paddings.length, 2], "int32"));
      return this.tf.run("Pad", [x, flat], { T: x.dtype, Tpaddings: "int32" });
    });
  }

  broadcastTo(x: Value, shape: Shape): Value {
    return this.tf.run("BroadcastTo", [x, { ints: shape }], { T: x.dtype, Tidx: "int32" });
  }

  oneHot(indices: Value, depth: number, _shape: Shape): Value {
    return this.tf.run("OneHot", [indices, { int: depth }, 1, 0], { ...float, TI: "int32", axis: -1 });
  }

  // In place

  adamwInPlace(param: Value, grad: Value, expAvg: Value, expAvgSq: Value, options: AdamWOptions): void {
    const { lr, beta1, beta2, eps, weightDecay, step } = options;
    const { tf } = this;
    temporaries(this.values, (t) => {
      const mixed = (old: Value, beta: number, value: Value): Value =>
        tf.run(
          "AddV2",
          [t(tf.run("Mul", [old, beta], float)), t(tf.run("Mul", [value, 1 - beta], float))],
          float,
        );
      tf.replace(expAvg, mixed(expAvg, beta1, grad));
      tf.replace(expAvgSq, mixed(expAvgSq, beta2, t(tf.run("Square", [grad], float))));
      const root = t(
        tf.run("Mul", [t(tf.run("Sqrt", [expAvgSq], float)), 1 / Math.sqrt(1 - beta2 ** step)], float),
      );
      const scaled = t(tf.run("Mul", [expAvg, lr / (1 - beta1 ** step)], float));
      const change = t(tf.run("RealDiv", [scaled, t(tf.run("AddV2", [root, eps], float))], float));
      const shrunk = weightDecay === 0 ? param : t(tf.run("Mul", [param, 1 - lr * weightDecay], float));
      tf.replace(param, tf.run("Sub", [shrunk, change], float));
    });
  }

  sumOfSquares(xs: readonly Value[]): Value {
    const { tf } = this;
    return temporaries(this.values, (t) => {
      const halves = xs.map((x) => t(tf.run("L2Loss", [x], float))); // Σ x² / 2
      const sum = halves.length === 1 ? halves[0] : t(tf.run("AddN", halves, { ...float, N: halves.length }));
      return tf.run("Mul", [sum as Value, 2], float);
    });
  }

  scaleInPlace(x: Value, factor: number): void {
    this.tf.replace(x, this.tf.run("Mul", [x, factor], float));
  }

  addInto(target: Value, value: Value): void {
    this.tf.replace(target, this.tf.run("AddV2", [target, value], float));
  }
}
