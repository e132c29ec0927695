import type { UnaryOp } from "../../../tensor/engine.ts";
import type { Value } from "../value.ts";
import { type Argument, type TensorFlow, temporaries } from "./ops.ts";

const float = { T: "float32" } as const;
type Keep = (value: Value) => Value;

const names: Partial<Record<UnaryOp, string>> = {
  neg: "Neg",
  exp: "Exp",
  log: "Log",
  sqrt: "Sqrt",
  square: "Square",
  abs: "Abs",
  tanh: "Tanh",
  sigmoid: "Sigmoid",
  relu: "Relu",
};

const sqrt2OverPi = Math.sqrt(2 / Math.PI);
const tanhCubic = 0.044715;
const quickSlope = 1.702;

/** Arithmetic on temporaries. */
class Arithmetic {
  readonly #tf: TensorFlow;
  readonly #keep: Keep;

  constructor(tf: TensorFlow, keep: Keep) {
    this.#tf = tf;
    this.#keep = keep;
  }

  op(name: string, ...inputs: readonly Argument[]): Value {
    return this.#keep(this.#tf.run(name, inputs, float));
  }

  mul = (a: Argument, b: Argument): Value => this.op("Mul", a, b);
  add = (a: Argument, b: Argument): Value => this.op("AddV2", a, b);
  sub = (a: Argument, b: Argument): Value => this.op("Sub", a, b);

  /** Φ(x) */
  normalCdf(x: Value): Value {
    return this.mul(this.add(this.op("Erf", this.mul(x, Math.SQRT1_2)), 1), 0.5);
  }

  /** tanh(√(2/π) (x + 0.044715 x³)) */
  geluTanhInner(x: Value): Value {
    const cubic = this.add(this.mul(this.op("Square", x), tanhCubic * sqrt2OverPi), sqrt2OverPi);
    return this.op("Tanh", this.mul(cubic, x));
  }
}

export function unary(tf: TensorFlow, op: UnaryOp, x: Value): Value {
  const name = names[op];
  if (name !== undefined) return tf.run(name, [x], float);
  return temporaries(tf.values, (keep) => {
    const on = new Arithmetic(tf, keep);
    switch (op) {
      case "gelu":
        return tf.run("Mul", [x, on.normalCdf(x)], float);
      case "geluTanh":
        return tf.run("Mul", [on.mul(x, 0.5), on.add(on.geluTanhInner(x), 1)], float);
      case "quickGelu":
        return tf.run("Mul", [x, on.op("Sigmoid", on.mul(x, quickSlope))], float);
      default:
        throw new Error(`TensorFlow kernels lack ${op}`);
    }
  });
}

/** `saved` is the argument or the result, as unarySaves says. */
export function unaryGrad(tf: TensorFlow, op: UnaryOp, saved: Value, dy: Value): Value {
  return temporaries(tf.values, (keep) => {
    const on = new Arithmetic(tf, keep);
    const times = (slope: Argument): Value => tf.run("Mul", [dy, slope], float);
    switch (op) {
      case "neg":
        return tf.run("Neg", [dy], float);
      case "exp":
        return times(saved);
      case "log":
        return tf.run("RealDiv", [dy, saved], float);
      case "sqrt":
        return tf.run("SqrtGrad", [saved, dy], float);
      case "square":
        return times(on.mul(saved, 2));
      case "abs":
        return times(on.op("Sign", saved));
      case "tanh":
        return tf.run("TanhGrad", [saved, dy], float);
      case "sigmoid":
        return tf.run("SigmoidGrad", [saved, dy], float);
      case "relu":
        return tf.run("ReluGrad", [dy, saved], float);
      case "gelu": {
        const density = on.op("Exp", on.mul(on.op("Square", saved), -0.5));
        const along = on.mul(on.mul(saved, density), 1 / Math.sqrt(2 * Math.PI));
        return times(on.add(on.normalCdf(saved), along));
      }
      case "geluTanh": {
        const t = on.geluTanhInner(saved);
        const inner = on.add(on.mul(on.op("Square", saved), 3 * tanhCubic * sqrt2OverPi), sqrt2OverPi);
        const slope = on.mul(on.mul(saved, on.sub(1, on.op("Square", t))), inner);
        return times(on.mul(on.add(on.add(t, 1), slope), 0.5));
      }
      case "quickGelu": {
        const s = on.op("Sigmoid", on.mul(saved, quickSlope));
        const slope = on.mul(on.mul(saved, quickSlope), on.sub(1, s));
        return times(on.mul(s, on.add(slope, 1)));
      }
    }
  });
}
