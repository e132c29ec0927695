import {
  type FunctionBuilder,
  f32x4,
  i32x4,
  type V128,
  type Variable,
  v128,
} from "../../../wasm/assembler.ts";

/** c₀ xⁿ + … + cₙ by Horner's rule. */
function polynomial(x: V128, coefficients: readonly number[]): V128 {
  const [first, ...rest] = coefficients as [number, ...number[]];
  return rest.reduce<V128>(
    (sum, coefficient) => f32x4.add(f32x4.mul(sum, x), f32x4.const(coefficient)),
    f32x4.const(first),
  );
}

/**
 * eˣ of four lanes, within 2 units in the last place (the method of the Cephes library's expf): 2ⁿ times a
 * polynomial on ±ln 2 / 2. Below −87.3 it is 0, above 88.7 infinite, and NaN stays NaN.
 */
export function exp(build: FunctionBuilder, argument: V128): Variable<"v128"> {
  const x = build.let(argument);
  const inside = build.let(f32x4.pmin(f32x4.pmax(x, f32x4.const(-87.33654)), f32x4.const(88.72283)));
  const n = build.let(f32x4.nearest(f32x4.mul(inside, f32x4.const(Math.LOG2E))));
  // ln 2 in two parts, so that n · ln 2 is subtracted exactly.
  const r = build.let(
    f32x4.sub(
      f32x4.sub(inside, f32x4.mul(n, f32x4.const(0.693359375))),
      f32x4.mul(n, f32x4.const(-2.1219444005469057e-4)),
    ),
  );
  const p = polynomial(
    r,
    [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
  );
  const value = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.const(1));
  // Half of the power at a time: 2¹²⁸ alone is not a float32.
  const half = build.let(f32x4.nearest(f32x4.mul(n, f32x4.const(0.5))));
  const power = (of: V128): V128 => i32x4.shl(i32x4.add(i32x4.fromF32(of), i32x4.const(127)), 23);
  const result = build.let(f32x4.mul(f32x4.mul(value, power(half)), power(f32x4.sub(n, half))));
  build.set(result, v128.andNot(result, f32x4.lt(x, f32x4.const(-87.33654))));
  build.set(
    result,
    v128.select(f32x4.const(Number.POSITIVE_INFINITY), result, f32x4.gt(x, f32x4.const(88.72283))),
  );
  build.set(result, v128.select(result, x, f32x4.eq(x, x)));
  return result;
}

/** The natural logarithm of four lanes (Cephes' logf): −∞ at 0, NaN below, exact at the ends. */
export function log(build: FunctionBuilder, argument: V128): Variable<"v128"> {
  const x = build.let(argument);
  // Subnormal numbers are scaled into the normal range first.
  const tiny = build.let(f32x4.lt(x, f32x4.const(1.17549435e-38)));
  const normal = build.let(v128.select(f32x4.mul(x, f32x4.const(2 ** 25)), x, tiny));
  const exponent = build.let(
    f32x4.sub(
      f32x4.fromI32(i32x4.add(i32x4.shrU(normal, 23), i32x4.const(-126))),
      v128.and(tiny, f32x4.const(25)),
    ),
  );
  const mantissa = build.let(
    v128.or(v128.and(normal, i32x4.const(0x007fffff)), i32x4.const(0x3f000000)), // in [0.5, 1)
  );
  const below = build.let(f32x4.lt(mantissa, f32x4.const(Math.SQRT1_2)));
  build.set(exponent, f32x4.sub(exponent, v128.and(below, f32x4.const(1))));
  const r = build.let(f32x4.sub(f32x4.add(mantissa, v128.and(below, mantissa)), f32x4.const(1)));
  const square = build.let(f32x4.mul(r, r));
  const p = polynomial(
    r,
    [
      7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
      2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    ],
  );
  const tail = build.let(f32x4.mul(f32x4.mul(p, r), square));
  build.set(tail, f32x4.add(tail, f32x4.mul(exponent, f32x4.const(-2.1219444e-4))));
  build.set(tail, f32x4.sub(tail, f32x4.mul(square, f32x4.const(0.5))));
  const result = build.let(f32x4.add(f32x4.add(r, tail), f32x4.mul(exponent, f32x4.const(0.693359375))));
  const infinity = f32x4.const(Number.POSITIVE_INFINITY);
  build.set(result, v128.select(infinity, result, f32x4.eq(x, infinity)));
  build.set(result, v128.select(f32x4.const(Number.NEGATIVE_INFINITY), result, f32x4.eq(x, f32x4.const(0))));
  build.set(result, v128.select(result, f32x4.const(Number.NaN), f32x4.ge(x, f32x4.const(0))));
  return result;
}

/** 1 / (1 + e⁻ˣ) of four lanes. */
export function sigmoid(build: FunctionBuilder, x: V128): Variable<"v128"> {
  return build.let(f32x4.div(f32x4.const(1), f32x4.add(f32x4.const(1), exp(build, f32x4.neg(x)))));
}

/** The hyperbolic tangent of four lanes: by eˣ away from 0, by an odd polynomial (Cephes' tanhf) near it. */
export function tanh(build: FunctionBuilder, argument: V128): Variable<"v128"> {
  const x = build.let(argument);
  const square = build.let(f32x4.mul(x, x));
  const p = polynomial(
    square,
    [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1],
  );
  const near = build.let(f32x4.add(x, f32x4.mul(f32x4.mul(p, square), x)));
  const power = exp(build, f32x4.mul(x, f32x4.const(2)));
  const far = f32x4.sub(f32x4.const(1), f32x4.div(f32x4.const(2), f32x4.add(power, f32x4.const(1))));
  return build.let(v128.select(near, far, f32x4.lt(f32x4.abs(x), f32x4.const(0.625))));
}

/**
 * The error function of four lanes, within 2·10⁻⁷ (the rational function of Eigen's and XLA's float erf):
 * x P(x²) / Q(x²) on ±4, where it has reached ±1.
 */
export function erf(build: FunctionBuilder, argument: V128): Variable<"v128"> {
  const x = build.let(f32x4.max(f32x4.min(argument, f32x4.const(4)), f32x4.const(-4)));
  const square = build.let(f32x4.mul(x, x));
  const p = polynomial(
    square,
    [
      -2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5,
      -7.34990630326855e-4, -2.95459980854025e-3, -1.60960333262415e-2,
    ],
  );
  const q = polynomial(
    square,
    [
      -1.45660718464996e-5, -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3,
      -1.42647390514189e-2,
    ],
  );
  return build.let(f32x4.div(f32x4.mul(x, p), q));
}
