import { engineOf, expectOperands, leadingTensor } from "./arguments.ts";
import type { BinaryOp, CompareOp, Operand, UnaryOp } from "./engine.ts";
import { expectDType, TensorError } from "./errors.ts";
import { type Key, keyFor } from "./random.ts";
import { broadcastShapes } from "./shape.ts";
import { type DType, type Shape, Tensor } from "./tensor.ts";

// Two tensors broadcast as in NumPy; a number broadcasts to anything and takes the tensor's dtype.

const shapeOf = (x: Operand): Shape => (x instanceof Tensor ? x.shape : []);
const tensorOr = (x: Operand): Tensor | undefined => (x instanceof Tensor ? x : undefined);

/** The types that arithmetic takes; made once, as every op hands them on. */
const numbers: readonly DType[] = ["float32", "int32"];
const floats: readonly DType[] = ["float32"];

function binary(op: BinaryOp, a: Operand, b: Operand, allowed: readonly DType[]): Tensor {
  expectOperands(op, a, b, allowed);
  const engine = engineOf(op, leadingTensor(op, a, b), tensorOr(a), tensorOr(b));
  return engine.binary(op, a, b, broadcastShapes(op, shapeOf(a), shapeOf(b)));
}

/** a + b; float32 or int32. */
export const add = (a: Operand, b: Operand): Tensor => binary("add", a, b, numbers);
/** a − b; float32 or int32. */
export const sub = (a: Operand, b: Operand): Tensor => binary("sub", a, b, numbers);
/** a · b, element by element; float32 or int32. */
export const mul = (a: Operand, b: Operand): Tensor => binary("mul", a, b, numbers);
/** a / b; float32. */
export const div = (a: Operand, b: Operand): Tensor => binary("div", a, b, floats);
/** The larger of a and b; float32 or int32. Where they are equal each gets half of the gradient. */
export const maximum = (a: Operand, b: Operand): Tensor => binary("maximum", a, b, numbers);
/** The smaller of a and b; float32 or int32. Where they are equal each gets half of the gradient. */
export const minimum = (a: Operand, b: Operand): Tensor => binary("minimum", a, b, numbers);

function unary(name: string, op: UnaryOp, x: Tensor): Tensor {
  const engine = engineOf(name, x);
  expectDType(name, "x", x, "float32");
  return engine.unary(op, x);
}

/** −x; float32. */
export const neg = (x: Tensor): Tensor => unary("neg", "neg", x);
/** eˣ; float32. */
export const exp = (x: Tensor): Tensor => unary("exp", "exp", x);
/** The natural logarithm; float32. */
export const log = (x: Tensor): Tensor => unary("log", "log", x);
/** √x; float32. */
export const sqrt = (x: Tensor): Tensor => unary("sqrt", "sqrt", x);
/** x²; float32. */
export const square = (x: Tensor): Tensor => unary("square", "square", x);
/** |x|; float32. The gradient at 0 is 0. */
export const abs = (x: Tensor): Tensor => unary("abs", "abs", x);
/** The hyperbolic tangent; float32. */
export const tanh = (x: Tensor): Tensor => unary("tanh", "tanh", x);
/** 1 / (1 + e⁻ˣ); float32. */
export const sigmoid = (x: Tensor): Tensor => unary("sigmoid", "sigmoid", x);
/** max(x, 0); float32. The gradient at 0 is 0. */
export const relu = (x: Tensor): Tensor => unary("relu", "relu", x);
/**
 * The Gaussian error linear unit x Φ(x) (Hendrycks and Gimpel, 2016); float32. `approximate` as in PyTorch:
 * "none" computes Φ with the error function, "tanh" the paper's approximation.
 */
export const gelu = (x: Tensor, approximate: "none" | "tanh" = "none"): Tensor =>
  unary("gelu", approximate === "none" ? "gelu" : "geluTanh", x);
/** x · sigmoid(1.702 x), CLIP's GELU; float32. */
export const quickGelu = (x: Tensor): Tensor => unary("quickGelu", "quickGelu", x);

/** xⁿ for a number n; float32. */
export function pow(x: Tensor, n: number): Tensor {
  const engine = engineOf("pow", x);
  expectDType("pow", "x", x, "float32");
  return engine.pow(x, n);
}

/** x limited to low … high; float32. The gradient is 1 within (ends included) and 0 outside. */
export function clamp(x: Tensor, low: number, high: number): Tensor {
  const engine = engineOf("clamp", x);
  expectDType("clamp", "x", x, "float32");
  if (!(low <= high)) throw new TensorError("clamp", `low ${low} is not ≤ high ${high}`);
  return engine.clamp(x, low, high);
}

function compare(op: CompareOp, a: Operand, b: Operand): Tensor {
  expectOperands(op, a, b, numbers);
  const engine = engineOf(op, leadingTensor(op, a, b), tensorOr(a), tensorOr(b));
  return engine.compare(op, a, b, broadcastShapes(op, shapeOf(a), shapeOf(b)));
}

// Comparisons of float32 or int32 give bool and no gradient.
export const equal = (a: Operand, b: Operand): Tensor => compare("equal", a, b);
export const notEqual = (a: Operand, b: Operand): Tensor => compare("notEqual", a, b);
export const less = (a: Operand, b: Operand): Tensor => compare("less", a, b);
export const lessEqual = (a: Operand, b: Operand): Tensor => compare("lessEqual", a, b);
export const greater = (a: Operand, b: Operand): Tensor => compare("greater", a, b);
export const greaterEqual = (a: Operand, b: Operand): Tensor => compare("greaterEqual", a, b);

function logical(name: string, op: "and" | "or", a: Tensor, b: Tensor): Tensor {
  const engine = engineOf(name, a, b);
  expectDType(name, "a", a, "bool");
  expectDType(name, "b", b, "bool");
  return engine.logical(op, a, b, broadcastShapes(name, a.shape, b.shape));
}

/** bool ∧ bool, broadcasting. */
export const logicalAnd = (a: Tensor, b: Tensor): Tensor => logical("logicalAnd", "and", a, b);
/** bool ∨ bool, broadcasting. */
export const logicalOr = (a: Tensor, b: Tensor): Tensor => logical("logicalOr", "or", a, b);

/** ¬ bool. */
export function logicalNot(x: Tensor): Tensor {
  const engine = engineOf("logicalNot", x);
  expectDType("logicalNot", "x", x, "bool");
  return engine.logicalNot(x);
}

/** a where the bool `condition` holds, else b; all three broadcast. a and b: float32 or int32. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  expectDType("where", "condition", condition, "bool");
  if (typeof a !== "number" || typeof b !== "number") expectOperands("where", a, b, numbers);
  const engine = engineOf("where", condition, tensorOr(a), tensorOr(b));
  const values = broadcastShapes("where", shapeOf(a), shapeOf(b));
  return engine.where(
    condition,
    a,
    b,
    broadcastShapes("where", condition.shape, values, "condition and values"),
  );
}

/**
 * x with another dtype: float32 → int32 truncates towards zero, anything → bool is x ≠ 0, bool → number is 0
 * or 1. No gradient passes (none is defined between these types).
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  return engineOf("cast", x).cast(x, dtype);
}

/**
 * Zeroes each element with probability `p` and scales the rest by 1 / (1 − p) (Srivastava et al., 2014);
 * float32. Which ones follows from `key` alone. With p = 0 it is x itself, unchanged.
 */
export function dropout(x: Tensor, p: number, key: Key): Tensor {
  const engine = engineOf("dropout", x);
  expectDType("dropout", "x", x, "float32");
  if (!(p >= 0 && p < 1)) throw new TensorError("dropout", `p is ${p}, expected 0 ≤ p < 1`);
  return p === 0 ? x : engine.dropout(x, p, keyFor(key, x.size));
}
