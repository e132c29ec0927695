import type { BinaryOp, UnaryOp } from "../../../tensor/engine.ts";
import { mixMultipliers } from "../../../tensor/random.ts";
import {
  type Definition,
  define,
  type FunctionBuilder,
  f32x4,
  type I32,
  i32,
  i32x4,
  type V128,
  type Variable,
  v128,
} from "../../../wasm/assembler.ts";
import { erf, exp, log, sigmoid, tanh } from "./math.ts";

/** One item of the flat kernels is this many elements. */
export const flatBlock = 2048;

const bytes = (count: I32): I32 => i32.shl(count, i32.const(2));
const zero = f32x4.const(0);
const one = f32x4.const(1);

/**
 * Runs `lanes` over the elements begin · 2048 … min(end · 2048, total), four at a time; `at` is the byte offset.
 * The last vector may reach past the end of arrays: allocations are padded for that.
 */
function overFlat(
  build: FunctionBuilder,
  { begin, end, total }: { begin: I32; end: I32; total: I32 },
  lanes: (at: Variable<"i32">) => void,
): void {
  const stop = build.let(i32.min(i32.mul(end, i32.const(flatBlock)), total));
  build.for(bytes(i32.mul(begin, i32.const(flatBlock))), bytes(stop), 16, lanes);
}

const flatParameters = { begin: "i32", end: "i32", scratch: "i32" } as const;

const sqrt2OverPi = Math.sqrt(2 / Math.PI);
const tanhCubic = 0.044715;
const quickSlope = 1.702;

/** tanh(√(2/π) (x + 0.044715 x³)), of GELU's approximation. */
function geluTanhInner(build: FunctionBuilder, x: Variable<"v128">): Variable<"v128"> {
  const cubic = f32x4.add(one, f32x4.mul(f32x4.const(tanhCubic), f32x4.mul(x, x)));
  return tanh(build, f32x4.mul(f32x4.mul(f32x4.const(sqrt2OverPi), x), cubic));
}

/** Φ(x), the normal distribution function. */
function normalCdf(build: FunctionBuilder, x: Variable<"v128">): Variable<"v128"> {
  const e = erf(build, f32x4.mul(x, f32x4.const(Math.SQRT1_2)));
  return build.let(f32x4.mul(f32x4.const(0.5), f32x4.add(one, e)));
}

const unaryLanes: Readonly<Record<UnaryOp, (build: FunctionBuilder, x: Variable<"v128">) => V128>> = {
  neg: (_, x) => f32x4.neg(x),
  exp: (build, x) => exp(build, x),
  log: (build, x) => log(build, x),
  sqrt: (_, x) => f32x4.sqrt(x),
  square: (_, x) => f32x4.mul(x, x),
  abs: (_, x) => f32x4.abs(x),
  tanh: (build, x) => tanh(build, x),
  sigmoid: (build, x) => sigmoid(build, x),
  relu: (_, x) => f32x4.max(x, zero),
  gelu: (build, x) => f32x4.mul(x, normalCdf(build, x)),
  geluTanh: (build, x) => f32x4.mul(f32x4.mul(f32x4.const(0.5), x), f32x4.add(one, geluTanhInner(build, x))),
  quickGelu: (build, x) => f32x4.mul(x, sigmoid(build, f32x4.mul(x, f32x4.const(quickSlope)))),
};

/** dy times the derivative; `s` is the argument or the result, as unarySaves says. */
const gradLanes: Readonly<
  Record<UnaryOp, (build: FunctionBuilder, s: Variable<"v128">, dy: Variable<"v128">) => V128>
> = {
  neg: (_, _s, dy) => f32x4.neg(dy),
  exp: (_, y, dy) => f32x4.mul(dy, y),
  log: (_, x, dy) => f32x4.div(dy, x),
  sqrt: (_, y, dy) => f32x4.div(f32x4.mul(dy, f32x4.const(0.5)), y),
  square: (_, x, dy) => f32x4.mul(dy, f32x4.add(x, x)),
  abs: (_, x, dy) => {
    const signed = v128.xor(dy, v128.and(x, f32x4.const(-0)));
    return v128.andNot(signed, f32x4.eq(x, zero));
  },
  tanh: (_, y, dy) => f32x4.mul(dy, f32x4.sub(one, f32x4.mul(y, y))),
  sigmoid: (_, y, dy) => f32x4.mul(dy, f32x4.mul(y, f32x4.sub(one, y))),
  relu: (_, y, dy) => v128.and(dy, f32x4.gt(y, zero)),
  gelu: (build, x, dy) => {
    const cdf = normalCdf(build, x);
    const density = exp(build, f32x4.mul(f32x4.const(-0.5), f32x4.mul(x, x)));
    const scaled = f32x4.mul(f32x4.const(1 / Math.sqrt(2 * Math.PI)), f32x4.mul(x, density));
    return f32x4.mul(dy, f32x4.add(cdf, scaled));
  },
  geluTanh: (build, x, dy) => {
    const t = geluTanhInner(build, x);
    const inner = f32x4.mul(
      f32x4.const(sqrt2OverPi),
      f32x4.add(one, f32x4.mul(f32x4.const(3 * tanhCubic), f32x4.mul(x, x))),
    );
    const slope = f32x4.mul(f32x4.mul(x, f32x4.sub(one, f32x4.mul(t, t))), inner);
    return f32x4.mul(dy, f32x4.mul(f32x4.const(0.5), f32x4.add(f32x4.add(one, t), slope)));
  },
  quickGelu: (build, x, dy) => {
    const s = sigmoid(build, f32x4.mul(x, f32x4.const(quickSlope)));
    const slope = f32x4.mul(f32x4.mul(x, f32x4.const(quickSlope)), f32x4.sub(one, s));
    return f32x4.mul(dy, f32x4.mul(s, f32x4.add(one, slope)));
  },
};

const unaryKernels = Object.entries(unaryLanes).map(([op, lanes]) =>
  define(`unary_${op}`, { ...flatParameters, x: "i32", out: "i32", total: "i32" }, (build, p) => {
    overFlat(build, p, (at) => {
      const x = build.let(v128.load(i32.add(p.x, at)));
      build.storeV128(i32.add(p.out, at), lanes(build, x));
    });
  }),
);

const gradKernels = Object.entries(gradLanes).map(([op, lanes]) =>
  define(
    `grad_${op}`,
    { ...flatParameters, saved: "i32", dy: "i32", out: "i32", total: "i32" },
    (build, p) => {
      overFlat(build, p, (at) => {
        const saved = build.let(v128.load(i32.add(p.saved, at)));
        const dy = build.let(v128.load(i32.add(p.dy, at)));
        build.storeV128(i32.add(p.out, at), lanes(build, saved, dy));
      });
    },
  ),
);

const binaryLanes: Readonly<Record<BinaryOp, (a: V128, b: V128) => V128>> = {
  add: f32x4.add,
  sub: f32x4.sub,
  mul: f32x4.mul,
  div: f32x4.div,
  maximum: f32x4.max,
  minimum: f32x4.min,
};

/**
 * out = a op b, both broadcast: items are rows of `width` elements (the last may end earlier, at `total`
 * elements). The row number is (i₀, i₁, i₂) with i₁ < n1 and i₂ < n2; strides are in bytes, 0 along broadcast
 * axes; within a row an operand advances by one element a column (inner = 1) or stays (inner = 0).
 */
const binaryKernels = Object.entries(binaryLanes).map(([op, lanes]) =>
  define(
    `binary_${op}`,
    {
      ...flatParameters,
      a: "i32",
      b: "i32",
      out: "i32",
      width: "i32",
      total: "i32",
      n1: "i32",
      n2: "i32",
      a0: "i32",
      a1: "i32",
      a2: "i32",
      aInner: "i32",
      b0: "i32",
      b1: "i32",
      b2: "i32",
      bInner: "i32",
    },
    (build, p) => {
      build.for(p.begin, p.end, 1, (row) => {
        const [outer, i2] = [build.let(i32.div(row, p.n2)), build.let(i32.rem(row, p.n2))];
        const [i0, i1] = [build.let(i32.div(outer, p.n1)), build.let(i32.rem(outer, p.n1))];
        const from = (base: I32, s0: I32, s1: I32, s2: I32): I32 =>
          i32.add(i32.add(base, i32.mul(i0, s0)), i32.add(i32.mul(i1, s1), i32.mul(i2, s2)));
        const a = build.let(from(p.a, p.a0, p.a1, p.a2));
        const b = build.let(from(p.b, p.b0, p.b1, p.b2));
        const first = build.let(i32.mul(row, p.width));
        const out = build.let(i32.add(p.out, bytes(first)));
        const length = build.let(i32.min(p.width, i32.sub(p.total, first)));
        const run = (x: (at: I32) => V128, y: (at: I32) => V128): void =>
          overRow(build, length, (at, store) => store(out, lanes(x(at), y(at))));
        const vector = (base: I32) => (at: I32) => v128.load(i32.add(base, at));
        const [left, right] = [build.let(v128.loadSplat(a)), build.let(v128.loadSplat(b))];
        const constant = (of: V128) => (): V128 => of;
        build.if(
          p.aInner,
          () =>
            build.if(
              p.bInner,
              () => run(vector(a), vector(b)),
              () => run(vector(a), constant(right)),
            ),
          () =>
            build.if(
              p.bInner,
              () => run(constant(left), vector(b)),
              () => run(constant(left), constant(right)),
            ),
        );
      });
    },
  ),
);

/**
 * Runs `lanes` over a row of `length` elements, four at a time, `at` being the byte offset; its `store` writes
 * a vector at an address plus `at`, only the lanes that lie in the row.
 */
export function overRow(
  build: FunctionBuilder,
  length: I32,
  lanes: (at: Variable<"i32">, store: (base: I32, value: V128) => void) => void,
): void {
  const vectors = build.let(i32.and(length, i32.const(-4)));
  const at = build.let(i32.const(0));
  const stop = build.let(bytes(vectors));
  build.while(i32.lt(at, stop), () => {
    lanes(at, (base, value) => build.storeV128(i32.add(base, at), value));
    build.increase(at, i32.const(16));
  });
  const rest = build.let(i32.sub(length, vectors));
  build.if(rest, () => {
    lanes(at, (base, value) => build.storePart(i32.add(base, at), build.let(value), rest));
  });
}

const scale = define(
  "scale",
  { ...flatParameters, x: "i32", out: "i32", total: "i32", factor: "f32" },
  (build, p) => {
    const factor = build.let(f32x4.splat(p.factor));
    overFlat(build, p, (at) => {
      build.storeV128(i32.add(p.out, at), f32x4.mul(v128.load(i32.add(p.x, at)), factor));
    });
  },
);

const clamp = define(
  "clamp",
  { ...flatParameters, x: "i32", out: "i32", total: "i32", low: "f32", high: "f32" },
  (build, p) => {
    const low = build.let(f32x4.splat(p.low));
    const high = build.let(f32x4.splat(p.high));
    overFlat(build, p, (at) => {
      const x = v128.load(i32.add(p.x, at));
      build.storeV128(i32.add(p.out, at), f32x4.min(f32x4.max(x, low), high));
    });
  },
);

const fill = define("fill", { ...flatParameters, out: "i32", total: "i32", value: "f32" }, (build, p) => {
  const value = build.let(f32x4.splat(p.value));
  overFlat(build, p, (at) => build.storeV128(i32.add(p.out, at), value));
});

/** The words of tensor/random.ts of four counters: mix(mix(i + a) ^ b). */
function randomWords(build: FunctionBuilder, counters: V128, keyA: V128, keyB: V128): V128 {
  const mix = (word: V128): Variable<"v128"> => {
    const x = build.let(word);
    build.set(x, i32x4.mul(v128.xor(x, i32x4.shrU(x, 16)), i32x4.const(mixMultipliers[0])));
    build.set(x, i32x4.mul(v128.xor(x, i32x4.shrU(x, 15)), i32x4.const(mixMultipliers[1] | 0)));
    build.set(x, v128.xor(x, i32x4.shrU(x, 15)));
    return x;
  };
  return mix(v128.xor(mix(i32x4.add(counters, keyA)), keyB));
}

/** out = x · factor where the word of the element is at least the threshold, else 0. */
const dropout = define(
  "dropout",
  {
    ...flatParameters,
    x: "i32",
    out: "i32",
    total: "i32",
    keyA: "i32",
    keyB: "i32",
    threshold: "i32",
    factor: "f32",
  },
  (build, p) => {
    const [keyA, keyB] = [build.let(i32x4.splat(p.keyA)), build.let(i32x4.splat(p.keyB))];
    const threshold = build.let(i32x4.splat(p.threshold));
    const factor = build.let(f32x4.splat(p.factor));
    overFlat(build, p, (at) => {
      const counters = i32x4.add(i32x4.splat(i32.shrU(at, i32.const(2))), i32x4.const(0, 1, 2, 3));
      const kept = i32x4.geU(randomWords(build, counters, keyA, keyB), threshold);
      const x = f32x4.mul(v128.load(i32.add(p.x, at)), factor);
      build.storeV128(i32.add(p.out, at), v128.and(x, kept));
    });
  },
);

/**
 * AdamW on one array: p ← p · shrink − rate · m / (√v · inverseRoot + eps), after m and v took the gradient in.
 * shrink = 1 − lr·weightDecay, rate = lr / (1 − β₁ᵗ), inverseRoot = 1 / √(1 − β₂ᵗ).
 */
const adamw = define(
  "adamw",
  {
    ...flatParameters,
    param: "i32",
    grad: "i32",
    expAvg: "i32",
    expAvgSq: "i32",
    total: "i32",
    shrink: "f32",
    rate: "f32",
    inverseRoot: "f32",
    beta1: "f32",
    beta2: "f32",
    rest1: "f32",
    rest2: "f32",
    eps: "f32",
  },
  (build, p) => {
    const [shrink, rate, inverseRoot, beta1, beta2, rest1, rest2, eps] = [
      p.shrink,
      p.rate,
      p.inverseRoot,
      p.beta1,
      p.beta2,
      p.rest1,
      p.rest2,
      p.eps,
    ].map((value): V128 => build.let(f32x4.splat(value))) as [V128, V128, V128, V128, V128, V128, V128, V128];
    overFlat(build, p, (at) => {
      const g = build.let(v128.load(i32.add(p.grad, at)));
      const mAt = i32.add(p.expAvg, at);
      const vAt = i32.add(p.expAvgSq, at);
      const pAt = i32.add(p.param, at);
      const m = build.let(f32x4.add(f32x4.mul(beta1, v128.load(mAt)), f32x4.mul(rest1, g)));
      const v = build.let(f32x4.add(f32x4.mul(beta2, v128.load(vAt)), f32x4.mul(rest2, f32x4.mul(g, g))));
      const step = f32x4.div(m, f32x4.add(f32x4.mul(f32x4.sqrt(v), inverseRoot), eps));
      build.storeV128(mAt, m);
      build.storeV128(vAt, v);
      build.storeV128(pAt, f32x4.sub(f32x4.mul(v128.load(pAt), shrink), f32x4.mul(rate, step)));
    });
  },
);

export const elementwiseKernels: readonly Definition[] = [
  ...unaryKernels,
  ...gradKernels,
  ...binaryKernels,
  scale,
  clamp,
  fill,
  dropout,
  adamw,
];
