import type { DType } from "../../tensor/index.ts";
import type { Binding } from "./binding.ts";

/** ATen's operators that the engine calls, each as NAME or NAME.OVERLOAD. */
const names = {
  // Data
  full: "full",
  arange: "arange.start_step",
  to: "to.dtype",
  copyInto: "copy_",
  zero: "zero_",
  // Element by element
  neg: "neg",
  exp: "exp",
  log: "log",
  sqrt: "sqrt",
  square: "square",
  abs: "abs",
  tanh: "tanh",
  sigmoid: "sigmoid",
  relu: "relu",
  gelu: "gelu",
  add: "add.Tensor",
  addScalar: "add.Scalar",
  sub: "sub.Tensor",
  subScalar: "sub.Scalar",
  reverseSubScalar: "rsub.Scalar",
  mul: "mul.Tensor",
  mulScalar: "mul.Scalar",
  div: "div.Tensor",
  divScalar: "div.Scalar",
  maximum: "maximum",
  minimum: "minimum",
  pow: "pow.Tensor_Scalar",
  clamp: "clamp",
  equal: "eq.Tensor",
  equalScalar: "eq.Scalar",
  notEqual: "ne.Tensor",
  notEqualScalar: "ne.Scalar",
  less: "lt.Tensor",
  lessScalar: "lt.Scalar",
  lessEqual: "le.Tensor",
  lessEqualScalar: "le.Scalar",
  greater: "gt.Tensor",
  greaterScalar: "gt.Scalar",
  greaterEqual: "ge.Tensor",
  greaterEqualScalar: "ge.Scalar",
  logicalAnd: "logical_and",
  logicalOr: "logical_or",
  logicalNot: "logical_not",
  where: "where.self",
  nativeDropout: "native_dropout",
  // Reductions
  sum: "sum.dim_IntList",
  mean: "mean.dim",
  amax: "amax",
  amin: "amin",
  argmax: "argmax",
  logSumExp: "logsumexp",
  // Layers
  matmul: "matmul",
  linear: "linear",
  convolution: "conv2d",
  embedding: "embedding",
  layerNorm: "layer_norm",
  softmax: "softmax.int",
  logSoftmax: "log_softmax.int",
  attention: "scaled_dot_product_attention",
  safeSoftmax: "_safe_softmax",
  triu: "triu",
  crossEntropy: "cross_entropy_loss",
  // Layout
  reshape: "reshape",
  permute: "permute",
  transpose: "transpose.int",
  concat: "cat",
  narrow: "narrow",
  select: "index_select",
  expand: "expand",
  detach: "detach",
  // In place, on lists
  fusedAdamW: "_fused_adamw_",
  norms: "_foreach_norm.Scalar",
  stack: "stack",
  vectorNorm: "linalg_vector_norm",
  scaleAll: "_foreach_mul_.Scalar",
  addAll: "_foreach_add_.List",
} as const;

/** The numbers of the operators, looked up once. */
export type Operators = Readonly<Record<keyof typeof names, number>>;

const found = new WeakMap<Binding, Operators>();

/** The operators of an addon. @throws Error naming the first one that its libtorch lacks. */
export function operatorsOf(binding: Binding): Operators {
  const known = found.get(binding);
  if (known !== undefined) return known;
  const numbers = Object.entries(names).map(([key, name]) => {
    const [base = name, overload = ""] = name.split(".");
    return [key, binding.op(`aten::${base}`, overload)];
  });
  const operators = Object.fromEntries(numbers) as Operators;
  found.set(binding, operators);
  return operators;
}

/** libtorch's numbers of element types (c10/core/ScalarType.h). */
export const scalarTypes = {
  uint8: 0,
  int32: 3,
  int64: 4,
  float16: 5,
  float32: 6,
  bool: 11,
  bfloat16: 15,
} as const satisfies Record<DType | "uint8" | "int64" | "float16" | "bfloat16", number>;
