import type { BinaryOp, CompareOp, Operand, UnaryOp } from "../../../tensor/engine.ts";
import { type DType, type Key, keyWords, type Shape, Tensor } from "../../../tensor/index.ts";
import { dropThreshold } from "../../../tensor/random.ts";
import type { Handle } from "../binding.ts";
import type { TorchCore } from "../core.ts";
import { type Operators, scalarTypes } from "../operators.ts";

/** What needs the digits or the range of float32. */
const precise: ReadonlySet<UnaryOp> = new Set(["exp", "log", "sqrt", "square"]);

export function unary(core: TorchCore, op: UnaryOp, x: Tensor): Tensor {
  const { ops } = core;
  const at = precise.has(op) ? core.precise(x) : core.at(x);
  switch (op) {
    case "gelu":
      return core.make(x.shape, x.dtype, ops.gelu, at, "none");
    case "geluTanh":
      return core.make(x.shape, x.dtype, ops.gelu, at, "tanh");
    case "quickGelu":
      return core.with(core.call(ops.mulScalar, at, 1.702), (scaled) =>
        core.with(core.call(ops.sigmoid, scaled), (gate) => core.make(x.shape, x.dtype, ops.mul, at, gate)),
      );
    default:
      return core.make(x.shape, x.dtype, ops[op], at);
  }
}

/** A number as a tensor without axes. */
function constant(core: TorchCore, value: number, dtype: DType): Handle {
  const { ops, place } = core;
  return core.call(ops.full, [], value, scalarTypes[dtype], undefined, place);
}

/** Calls `use` with the operand's handle; that of a number is made for it. */
function withOperand<T>(core: TorchCore, x: Operand, dtype: DType, use: (handle: Handle) => T): T {
  return x instanceof Tensor ? use(core.at(x)) : core.with(constant(core, x, dtype), use);
}

const dtypeOf = (a: Operand, b: Operand): DType =>
  a instanceof Tensor ? a.dtype : b instanceof Tensor ? b.dtype : "float32";

/** The forms of an op with a number on one side, where libtorch has them. */
const scalarForms: Readonly<
  Partial<Record<BinaryOp, { readonly right: keyof Operators; readonly left?: keyof Operators }>>
> = {
  add: { right: "addScalar", left: "addScalar" },
  sub: { right: "subScalar", left: "reverseSubScalar" },
  mul: { right: "mulScalar", left: "mulScalar" },
  div: { right: "divScalar" },
};

export function binary(core: TorchCore, op: BinaryOp, a: Operand, b: Operand, shape: Shape): Tensor {
  const { ops } = core;
  const dtype = dtypeOf(a, b);
  const forms = scalarForms[op];
  if (a instanceof Tensor && b instanceof Tensor)
    return core.make(shape, dtype, ops[op], core.at(a), core.at(b));
  if (a instanceof Tensor && forms !== undefined) {
    return core.make(shape, dtype, ops[forms.right], core.at(a), b as number);
  }
  if (b instanceof Tensor && forms?.left !== undefined) {
    return core.make(shape, dtype, ops[forms.left], core.at(b), a as number);
  }
  return withOperand(core, a, dtype, (left) =>
    withOperand(core, b, dtype, (right) => core.make(shape, dtype, ops[op], left, right)),
  );
}

export function pow(core: TorchCore, x: Tensor, exponent: number): Tensor {
  return core.make(x.shape, x.dtype, core.ops.pow, core.precise(x), exponent);
}

/** The comparison with its sides swapped. */
const mirrored: Readonly<Record<CompareOp, CompareOp>> = {
  equal: "equal",
  notEqual: "notEqual",
  less: "greater",
  lessEqual: "greaterEqual",
  greater: "less",
  greaterEqual: "lessEqual",
};

export function compare(core: TorchCore, op: CompareOp, a: Operand, b: Operand, shape: Shape): Tensor {
  const { ops } = core;
  if (a instanceof Tensor) {
    if (b instanceof Tensor) return core.make(shape, "bool", ops[op], core.at(a), core.at(b));
    return core.make(shape, "bool", ops[`${op}Scalar`], core.at(a), b);
  }
  return core.make(shape, "bool", ops[`${mirrored[op]}Scalar`], core.at(b as Tensor), a);
}

export function where(core: TorchCore, condition: Tensor, a: Operand, b: Operand, shape: Shape): Tensor {
  const dtype = dtypeOf(a, b);
  return withOperand(core, a, dtype, (left) =>
    withOperand(core, b, dtype, (right) =>
      core.make(shape, dtype, core.ops.where, core.at(condition), left, right),
    ),
  );
}

export function cast(core: TorchCore, x: Tensor, dtype: DType): Tensor {
  const { ops } = core;
  if (dtype === "bool" && x.dtype !== "bool") {
    return core.make(x.shape, "bool", ops.notEqualScalar, core.at(x), 0);
  }
  // A cast to its own dtype is the tensor itself, with its history.
  if (x.dtype === dtype) return core.make(x.shape, dtype, ops.reshape, core.at(x), x.shape);
  return core.make(x.shape, dtype, ops.to, core.at(x), scalarTypes[dtype]);
}

/**
 * On the CPU the mask is the one that every engine draws from the key. A GPU draws with its own generator, seeded
 * with the key: as reproducible, but another mask.
 */
export function dropout(core: TorchCore, x: Tensor, p: number, key: Key): Tensor {
  const { binding, ops } = core;
  const at = core.at(x);
  if (core.device === "cpu") return core.made(dropOnCpu(core, at, p, key), x.shape, x.dtype);
  seedWith(core, key);
  const [y, mask] = core.attempt(() => binding.callAll(ops.nativeDropout, at, p, true)) as [Handle, Handle];
  binding.free(mask);
  return core.made(y, x.shape, x.dtype);
}

export function dropOnCpu(core: TorchCore, x: Handle, p: number, key: Key): Handle {
  const [a, b] = keyWords(key);
  return core.attempt((binding) => binding.dropout(x, a >>> 0, b >>> 0, dropThreshold(p), 1 / (1 - p)));
}

/** Seeds the GPU's generator, for one operator that draws from it. */
export function seedWith(core: TorchCore, key: Key): void {
  const [a, b] = keyWords(key);
  core.binding.seed(core.place, (a >>> 0) + (b & 0x1fffff) * 2 ** 32);
}
