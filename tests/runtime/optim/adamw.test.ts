import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEngine } from "../../../runtime/engine/open.ts";
import { AdamW, clipGradients } from "../../../runtime/optim/adamw.ts";
import { parameterGroups } from "../../../runtime/optim/parameter-groups.ts";
import {
  type Engine,
  ones,
  parameter,
  read,
  type Tensor,
  tensor,
  zeros,
} from "../../../runtime/tensor/index.ts";
import { device, engineNames } from "../engine/harness.ts";

const settings = { beta1: 0.9, beta2: 0.99, eps: 1e-6 };
const flat = { numLayers: 0, layerOf: () => undefined };

/** AdamW on one number, in double precision (Loshchilov and Hutter 2019, algorithm 2). */
function reference(start: number, gradients: readonly number[], lr: number, decay: number): number {
  let [x, m, v] = [start, 0, 0];
  for (const [i, g] of gradients.entries()) {
    m = settings.beta1 * m + (1 - settings.beta1) * g;
    v = settings.beta2 * v + (1 - settings.beta2) * g * g;
    const mean = m / (1 - settings.beta1 ** (i + 1));
    const square = v / (1 - settings.beta2 ** (i + 1));
    x = x * (1 - lr * decay) - (lr * mean) / (Math.sqrt(square) + settings.eps);
  }
  return x;
}

describe.each(engineNames)("AdamW on %s", (engineName) => {
  let engine: Engine;
  beforeAll(async () => {
    ({ engine } = await openEngine(engineName, { device, threads: 2 }));
  });
  afterAll(() => engine?.dispose());

  const matrix = (values: readonly number[]) => tensor(engine, values, [1, values.length]);

  function optimizerOf(parameters: Map<string, Tensor>, weight_decay = 0.1): AdamW {
    return new AdamW(parameterGroups(parameters, { weight_decay, lr_layer_decay: 1 }, flat), settings);
  }

  test("decays weights and not biases", () => {
    const weight = parameter(matrix([2, -3]));
    const bias = parameter(tensor(engine, [2, -3], [2]));
    const parameters = new Map([
      ["weight", weight],
      ["bias", bias],
    ]);
    const optimizer = optimizerOf(parameters);
    const gradients = [0.5, -1, 0.25];
    for (const g of gradients) {
      optimizer.step(
        new Map([
          ["weight", matrix([g, -2 * g])],
          ["bias", tensor(engine, [g, -2 * g], [2])],
        ]),
        0.1,
      );
    }
    const doubled = gradients.map((g) => -2 * g);
    for (const [x, decay] of [
      [weight, 0.1],
      [bias, 0],
    ] as const) {
      const [first, second] = read(x);
      expect(first).toBeCloseTo(reference(2, gradients, 0.1, decay), 5);
      expect(second).toBeCloseTo(reference(-3, doubled, 0.1, decay), 5);
    }
  });

  test("leaves a parameter without gradient alone, its bias correction too", () => {
    const used = parameter(matrix([1]));
    const rare = parameter(matrix([1]));
    const optimizer = optimizerOf(
      new Map([
        ["used", used],
        ["rare", rare],
      ]),
    );
    for (const rareGradient of [null, null, 0.5]) {
      optimizer.step(
        new Map([
          ["used", matrix([0.5])],
          ["rare", rareGradient === null ? null : matrix([rareGradient])],
        ]),
        0.1,
      );
    }
    expect(read(used)[0]).toBeCloseTo(reference(1, [0.5, 0.5, 0.5], 0.1, 0.1), 5);
    expect(read(rare)[0]).toBeCloseTo(reference(1, [0.5], 0.1, 0.1), 5);
    expect(optimizer.steps()).toEqual({ used: 3, rare: 1 });
  });

  test("goes on exactly from a saved state", () => {
    const whole = parameter(matrix([1, 2]));
    const optimizer = optimizerOf(new Map([["w", whole]]));
    optimizer.step(new Map([["w", matrix([0.3, -0.2])]]), 0.1);

    const resumed = parameter(tensor(engine, read(whole), [1, 2]));
    const second = optimizerOf(new Map([["w", resumed]]));
    for (const [name, moment] of second.namedTensors()) {
      engine.assign(moment, optimizer.namedTensors().get(name)!);
    }
    second.restoreSteps(optimizer.steps());
    optimizer.step(new Map([["w", matrix([0.1, 0.7])]]), 0.1);
    second.step(new Map([["w", matrix([0.1, 0.7])]]), 0.1);
    expect(read(resumed)).toEqual(read(whole));
  });

  test("refuses a state that lacks a parameter", () => {
    const optimizer = optimizerOf(new Map([["w", parameter(matrix([1]))]]));
    expect(() => optimizer.restoreSteps({ v: 1 })).toThrow("no step count of w");
  });

  test("learns slower in lower layers with lr_layer_decay", () => {
    const names = ["vit.embed", "vit.block0", "vit.block1", "head", "head.bias"];
    const parameters = new Map(names.map((name) => [name, parameter(matrix([1]))] as const));
    const layerOf = (name: string) => (name.startsWith("vit") ? names.indexOf(name) : undefined);
    const groups = parameterGroups(
      parameters,
      { weight_decay: 0, lr_layer_decay: 0.5 },
      { numLayers: 2, layerOf },
    );
    expect(groups.map((group) => [group.lr_scale, ...group.parameters.keys()])).toEqual([
      [0.125, "vit.embed"],
      [0.25, "vit.block0"],
      [0.5, "vit.block1"],
      [1, "head"],
      [1, "head.bias"],
    ]);
    new AdamW(groups, settings).step(new Map(names.map((name) => [name, matrix([1])] as const)), 0.1);
    const moves = names.map((name) => 1 - (read(parameters.get(name)!)[0] as number));
    for (const [i, scale] of [0.125, 0.25, 0.5, 1, 1].entries()) expect(moves[i]).toBeCloseTo(0.1 * scale, 5);
  });

  test("clips gradients to a global norm, all by one factor", () => {
    const gradients = [matrix([3, 0]), tensor(engine, [4], [1])];
    expect(clipGradients(gradients, null)).toBeCloseTo(5, 5);
    expect(clipGradients(gradients, 10)).toBeCloseTo(5, 5);
    expect([...read(gradients[0]!)]).toEqual([3, 0]);
    expect(clipGradients(gradients, 1)).toBeCloseTo(5, 5);
    expect(read(gradients[0]!)[0]).toBeCloseTo(0.6, 5);
    expect(read(gradients[1]!)[0]).toBeCloseTo(0.8, 5);
  });

  test("reports a norm that is not finite and leaves the gradients for inspection", () => {
    const gradients = [matrix([Number.POSITIVE_INFINITY, 1])];
    expect(clipGradients(gradients, 1)).toBe(Number.POSITIVE_INFINITY);
    expect([...read(gradients[0]!)]).toEqual([Number.POSITIVE_INFINITY, 1]);
    expect(clipGradients([], 1)).toBe(0);
  });

  test("takes the loss scale out of gradients, and clips what is left, by one factor", () => {
    const scaled = () => [matrix([3 * 1024, 0]), matrix([0, 4 * 1024])];
    const loose = scaled();
    expect(clipGradients(loose, null, 1024)).toBe(5);
    expect(loose.map((gradient) => [...read(gradient)])).toEqual([
      [3, 0],
      [0, 4],
    ]);
    const tight = scaled();
    expect(clipGradients(tight, 2.5, 1024)).toBe(5);
    expect(read(tight[0]!)[0]).toBeCloseTo(1.5, 5);
    expect(read(tight[1]!)[1]).toBeCloseTo(2, 5);
  });

  test("frees its state", () => {
    const before = engine.memory().tensors;
    const weight = parameter(ones(engine, [4, 4]));
    const optimizer = optimizerOf(new Map([["weight", weight]]));
    const gradient = zeros(engine, [4, 4]);
    optimizer.step(new Map([["weight", gradient]]), 0.1);
    optimizer.dispose();
    weight.dispose();
    gradient.dispose();
    expect(engine.memory().tensors).toBe(before);
  });
});
