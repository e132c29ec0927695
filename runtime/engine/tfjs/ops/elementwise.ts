import type { BinaryOp, Operand, UnaryOp } from "../../../tensor/engine.ts";
import { type Key, type Shape, Tensor } from "../../../tensor/index.ts";
import { sameShape } from "../../../tensor/shape.ts";
import type { EngineCore, TfjsTensor } from "../core.ts";
import { type Kernels, type Term, unarySaves } from "../kernels.ts";
import type { Value } from "../value.ts";

export function unary(core: EngineCore, op: UnaryOp, x: TfjsTensor): Tensor {
  const { kernels } = core;
  const y = kernels.unary(op, x.value);
  const saves = unarySaves[op];
  const saved = saves === "none" ? [] : [saves === "x" ? x.value : y];
  return core.result(op, y, [x], saved, (dy, [kept]) => [kernels.unaryGrad(op, kept, dy)]);
}

/** Sums a gradient over the axes along which its operand was broadcast to it; takes over the hold on `dy`. */
export function sumTo(kernels: Kernels, dy: Value, shape: Shape): Value {
  if (sameShape(dy.shape, shape)) return dy;
  const extra = dy.shape.length - shape.length;
  const axes = dy.shape.map((_, axis) => axis).filter((axis) => axis < extra || shape[axis - extra] === 1);
  const kept = dy.shape.filter((_, axis) => !axes.includes(axis));
  const sum = kernels.reduce("sum", dy, axes, kept);
  const result = kernels.reshape(sum, shape);
  kernels.values.release(sum);
  kernels.values.release(dy);
  return result;
}

type Grad = (kernels: Kernels, dy: Value, a: Term, b: Term) => Value;

const times = (kernels: Kernels, a: Term, b: Term, shape: Shape): Value =>
  kernels.binary("mul", a, b, "float32", shape);

/** The gradient of an extremum: dy where the operand is it alone, half where both are. */
function extremumGrad(better: "greater" | "less"): readonly [Grad, Grad] {
  const grad = (kernels: Kernels, dy: Value, own: Term, other: Term): Value => {
    const wins = kernels.compare(better, own, other, dy.shape);
    const ties = kernels.compare("equal", own, other, dy.shape);
    const half = kernels.where(ties, 0.5, 0, "float32", dy.shape);
    const factor = kernels.where(wins, 1, half, "float32", dy.shape);
    const result = times(kernels, dy, factor, dy.shape);
    for (const value of [wins, ties, half, factor]) kernels.values.release(value);
    return result;
  };
  return [(kernels, dy, a, b) => grad(kernels, dy, a, b), (kernels, dy, a, b) => grad(kernels, dy, b, a)];
}

/** Gradients with respect to a and b, in the shape of the result. */
const binaryGrads: Readonly<Record<BinaryOp, readonly [Grad, Grad]>> = {
  add: [(kernels, dy) => kernels.values.hold(dy), (kernels, dy) => kernels.values.hold(dy)],
  sub: [(kernels, dy) => kernels.values.hold(dy), (kernels, dy) => kernels.unary("neg", dy)],
  mul: [
    (kernels, dy, _, b) => times(kernels, dy, b, dy.shape),
    (kernels, dy, a) => times(kernels, dy, a, dy.shape),
  ],
  div: [
    (kernels, dy, _, b) => kernels.binary("div", dy, b, "float32", dy.shape),
    (kernels, dy, a, b) => {
      const quotient = kernels.binary("div", a, b, "float32", dy.shape);
      const slope = kernels.binary("div", quotient, b, "float32", dy.shape);
      const product = times(kernels, dy, slope, dy.shape);
      const result = kernels.unary("neg", product);
      for (const value of [quotient, slope, product]) kernels.values.release(value);
      return result;
    },
  ],
  maximum: extremumGrad("greater"),
  minimum: extremumGrad("less"),
};

/** Which operands the gradient reads. */
const savesOperands = new Set<BinaryOp>(["mul", "div", "maximum", "minimum"]);

export function binary(core: EngineCore, op: BinaryOp, a: Operand, b: Operand, shape: Shape): Tensor {
  const { kernels } = core;
  const [left, right] = [a, b].map((x) => (x instanceof Tensor ? core.own(x) : undefined));
  const terms = [left?.value ?? (a as number), right?.value ?? (b as number)] as const;
  const dtype = (left ?? right)?.dtype ?? "float32";
  const value = kernels.binary(op, ...terms, dtype, shape);
  const present = [left, right].filter((x) => x !== undefined);
  const saved = savesOperands.has(op) ? present.map((x) => x.value) : [];
  const shapes = [left?.shape, right?.shape];
  return core.result(op, value, [left, right], saved, (dy, kept, needed) => {
    const x = left === undefined ? terms[0] : (kept[0] ?? 0);
    const y = right === undefined ? terms[1] : (kept[left === undefined ? 0 : 1] ?? 0);
    return binaryGrads[op].map((grad, i) => {
      const target = shapes[i];
      return needed[i] && target !== undefined ? sumTo(kernels, grad(kernels, dy, x, y), target) : undefined;
    });
  });
}

export function pow(core: EngineCore, x: TfjsTensor, exponent: number): Tensor {
  const { kernels } = core;
  return core.result("pow", kernels.pow(x.value, exponent), [x], [x.value], (dy, [kept]) => {
    if (exponent === 0) return [kernels.full(dy.shape, 0, "float32")];
    const power = kernels.pow(kept as Value, exponent - 1);
    const slope = times(kernels, power, exponent, dy.shape);
    const dx = times(kernels, dy, slope, dy.shape);
    for (const value of [power, slope]) kernels.values.release(value);
    return [dx];
  });
}

export function clamp(core: EngineCore, x: TfjsTensor, low: number, high: number): Tensor {
  const { kernels } = core;
  return core.result("clamp", kernels.clamp(x.value, low, high), [x], [x.value], (dy, [kept]) => {
    const above = kernels.compare("greaterEqual", kept as Value, low, dy.shape);
    const below = kernels.compare("lessEqual", kept as Value, high, dy.shape);
    const inside = kernels.logical("and", above, below, dy.shape);
    const dx = kernels.where(inside, dy, 0, "float32", dy.shape);
    for (const value of [above, below, inside]) kernels.values.release(value);
    return [dx];
  });
}

export function where(core: EngineCore, condition: TfjsTensor, a: Operand, b: Operand, shape: Shape): Tensor {
  const { kernels } = core;
  const [left, right] = [a, b].map((x) => (x instanceof Tensor ? core.own(x) : undefined));
  const terms = [left?.value ?? (a as number), right?.value ?? (b as number)] as const;
  const dtype = (left ?? right)?.dtype ?? "float32";
  const value = kernels.where(condition.value, ...terms, dtype, shape);
  const shapes = [left?.shape, right?.shape] as const;
  return core.result("where", value, [left, right], [condition.value], (dy, [kept], needed) => {
    const chosen = kept as Value;
    const part = (i: 0 | 1): Value | undefined => {
      const target = shapes[i];
      if (!needed[i] || target === undefined) return undefined;
      const [yes, no] = i === 0 ? [dy, 0] : [0, dy];
      return sumTo(kernels, kernels.where(chosen, yes, no, "float32", dy.shape), target);
    };
    return [part(0), part(1)];
  });
}

export function dropout(core: EngineCore, x: TfjsTensor, p: number, key: Key): Tensor {
  const { kernels } = core;
  // The gradient draws the same mask again from the key.
  return core.result("dropout", kernels.dropout(x.value, p, key), [x], [], (dy) => [
    kernels.dropout(dy, p, key),
  ]);
}
