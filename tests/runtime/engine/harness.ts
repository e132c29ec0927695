import { afterAll, beforeAll, describe, expect } from "vitest";
import { openEngine, probeEngines } from "../../../runtime/engine/open.ts";
import * as t from "../../../runtime/tensor/index.ts";
import { at, indices, type Plain, plain, sizeOf } from "./reference.ts";

const asked = process.env.LAVIS_ENGINES?.split(",").map((name) => name.trim());
const statuses = await probeEngines();

/** Where the suite computes: the CPU, or what LAVIS_DEVICE names. */
export const device = (process.env.LAVIS_DEVICE ?? "cpu") as t.Device;

/** The engines that the suite runs on: all that work here, or those that LAVIS_ENGINES names. */
export const engineNames = statuses
  .filter(({ name, devices }) => devices?.includes(device) && (asked?.includes(name) ?? true))
  .map(({ name }) => name);
if (engineNames.length === 0)
  throw new Error(`LAVIS_ENGINES=${process.env.LAVIS_ENGINES}: none of these works here on ${device}`);

/** Says once which engines are not tested, and why. */
export function reportMissingEngines(): void {
  for (const { name, isUsable, reason } of statuses) {
    if (!isUsable) console.log(`conformance: ${name} is not tested here: ${reason}`);
  }
}

/** Runs a suite on every engine. `engine()` is open during its tests; each test must leave nothing behind. */
export function onEveryEngine(suite: string, tests: (engine: () => t.Engine) => void): void {
  describe.each(engineNames)(`${suite} on %s`, (name) => {
    let engine: t.Engine | undefined;
    const current = (): t.Engine => {
      if (engine === undefined) throw new Error("the engine is not open yet");
      return engine;
    };
    beforeAll(async () => {
      ({ engine } = await openEngine(name, { device, threads: 2 }));
    });
    afterAll(() => {
      const left = engine?.memory();
      engine?.dispose();
      expect(left?.tensors).toBe(0);
      expect(left?.bytes).toBe(0);
    });
    tests(current);
  });
}

/** Reproducible numbers in ±1, well spread: the fractional parts of multiples of an irrational number. */
export function numbers(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return Math.fround(2 * (x - Math.floor(x)) - 1);
  });
}

export const random = (shape: readonly number[], seed: number, scale = 1, shift = 0): Plain =>
  plain(
    shape,
    numbers(sizeOf(shape), seed).map((value) => Math.fround(value * scale + shift)),
  );

export const toTensor = (engine: t.Engine, x: Plain, dtype: t.DType = "float32"): t.Tensor =>
  t.tensor(engine, x.data, x.shape, dtype);

export const toPlain = (x: t.Tensor): Plain => plain(x.shape, t.read(x));

/** Requires equal shapes and elements within `tolerance`, absolute or relative to the largest element. */
export function expectClose(actual: Plain, expected: Plain, tolerance = 2e-6, what = "result"): void {
  expect(actual.shape, `${what}: shape`).toEqual([...expected.shape]);
  const finite = expected.data.filter(Number.isFinite).map(Math.abs);
  const bound = tolerance * Math.max(1, ...finite);
  for (const [i, index] of [...indices(expected.shape)].entries()) {
    const [got, want] = [actual.data[i] as number, at(expected, index)];
    const isClose = Object.is(got, want) || got === want || Math.abs(got - want) <= bound;
    if (!isClose && !(Number.isNaN(got) && Number.isNaN(want))) {
      expect.fail(`${what} at [${index}] is ${got}, expected ${want} (±${bound})`);
    }
  }
}

export interface OpCase {
  readonly inputs: readonly Plain[];
  readonly op: (...xs: t.Tensor[]) => t.Tensor;
  readonly reference: (...xs: Plain[]) => Plain;
  /** Which inputs to check the gradient of; all unless given, none when the op has no gradient. */
  readonly grads?: readonly boolean[];
  readonly tolerance?: number;
  readonly gradTolerance?: number;
}

/**
 * Compares an op with its reference, and its gradients of Σ w·y (w a fixed array) with central differences of
 * the reference; and requires that nothing stays behind in the engine.
 */
export function expectOp(engine: t.Engine, test: OpCase): void {
  const { inputs, op, reference, tolerance, gradTolerance = 2e-3 } = test;
  const grads = test.grads ?? inputs.map(() => true);
  const before = engine.memory();
  const expected = reference(...inputs);
  const weights = random(expected.shape, 99);
  t.scope(engine, () => {
    const unrecorded = inputs.map((x) => toTensor(engine, x));
    expectClose(toPlain(op(...unrecorded)), expected, tolerance, "forward");
    if (!grads.includes(true)) return;
    const tensors = inputs.map((x, i) => {
      const tensor = toTensor(engine, x);
      return grads[i] ? t.parameter(tensor) : tensor;
    });
    const y = op(...tensors);
    expectClose(toPlain(y), expected, tolerance, "forward with gradients");
    expect(y.requiresGrad).toBe(true);
    const loss = t.sum(t.mul(y, toTensor(engine, weights)));
    const wanted = tensors.filter((_, i) => grads[i]);
    const results = t.grad(loss, wanted);
    const numbers = inputs.map((_, i) => i).filter((i) => grads[i]);
    for (const [n, i] of numbers.entries()) {
      const gradient = results[n];
      if (gradient === null || gradient === undefined) expect.fail(`input ${i} got no gradient`);
      expectClose(toPlain(gradient), finiteDifferences(test, i, weights), gradTolerance, `gradient ${i}`);
    }
  });
  expect(engine.memory().tensors, "tensors left").toBe(before.tensors);
  expect(engine.memory().bytes, "bytes left").toBe(before.bytes);
}

function finiteDifferences({ inputs, reference }: OpCase, which: number, weights: Plain): Plain {
  const step = 1e-4;
  const x = inputs[which] as Plain;
  const total = (changed: Plain): number => {
    const y = reference(...inputs.map((input, i) => (i === which ? changed : input)));
    return y.data.reduce((sum, value, i) => sum + value * (weights.data[i] as number), 0);
  };
  return plain(
    x.shape,
    x.data.map((_, i) => {
      const moved = (by: number): Plain =>
        plain(
          x.shape,
          x.data.map((value, j) => (i === j ? value + by : value)),
        );
      return (total(moved(step)) - total(moved(-step))) / (2 * step);
    }),
  );
}
