import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openEngine } from "../../../runtime/engine/open.ts";
import { UserError } from "../../../runtime/errors.ts";
import type { Batch, Losses, Model } from "../../../runtime/models/model.ts";
import { Module, namedParameters } from "../../../runtime/nn/module.ts";
import { AdamW } from "../../../runtime/optim/adamw.ts";
import { LossScaler } from "../../../runtime/optim/loss-scaler.ts";
import { parameterGroups } from "../../../runtime/optim/parameter-groups.ts";
import {
  type Engine,
  key,
  linear,
  mean,
  mul,
  parameter,
  read,
  square,
  type Tensor,
  tensor,
} from "../../../runtime/tensor/index.ts";
import { type StepContext, type Trainable, trainStep } from "../../../runtime/train/step.ts";
import { type FakePrecision, fakePrecision } from "./fake-precision.ts";

let engine: Engine;
let fake: FakePrecision;
beforeAll(async () => {
  ({ engine } = await openEngine("wasm", { threads: 1 }));
});
beforeEach(() => {
  fake = fakePrecision(engine);
});
afterAll(() => engine?.dispose());

/** The mean square of a linear map of the image's numbers. */
class Squares extends Module implements Model {
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly layerNumbering = { numLayers: 0, layerOf: () => undefined };
  /** What each loss is multiplied by, one after the other; then 1. */
  readonly factors: number[] = [];
  calls = 0;

  constructor() {
    super();
    this.weight = parameter(tensor(engine, [0.5, -1.25, 2, 0.75], [2, 2]));
    this.bias = parameter(tensor(engine, [0.25, -3], [2]));
  }

  forward({ image }: Batch): Losses {
    this.calls++;
    const loss = mul(mean(square(linear(image, this.weight, this.bias))), this.factors.shift() ?? 1);
    return { loss, loss_square: loss };
  }

  resizeWeight(): undefined {
    return undefined;
  }
}

const flat = { numLayers: 0, layerOf: () => undefined };
const context: StepContext = {
  epoch: 0,
  stepInEpoch: 4,
  stepsPerEpoch: 9,
  lr: 0.1,
  key: key(1),
};
const batchOf = (number: number, ...values: number[]) => ({
  load: (): Batch => ({ image: tensor(engine, values, [1, 2]) }),
  number,
});
const batches = [batchOf(4, 1, 2), batchOf(5, -0.5, 4), batchOf(6, 3, 0.125)];

function trainable(changes: Partial<Trainable> = {}): Trainable & { readonly model: Squares } {
  const model = new Squares();
  const parameters = namedParameters(model);
  const groups = parameterGroups(parameters, { weight_decay: 0.1, lr_layer_decay: 1 }, flat);
  const optimizer = new AdamW(groups, { beta1: 0.9, beta2: 0.99, eps: 1e-8 });
  const common = { engine, parameters, optimizer, clipNorm: null, amp: undefined, scaler: undefined };
  return { ...common, ...changes, model };
}

const inFloat16 = (changes: Partial<Trainable> = {}) => {
  const scaler = new LossScaler();
  return { ...trainable({ amp: "float16", scaler, ...changes }), scaler };
};

/** Weights, moments and counts of updates. */
const stateOf = ({ parameters, optimizer }: Trainable) => ({
  weights: Array.from(parameters, ([name, weight]) => [name, [...read(weight)]]),
  moments: Array.from(optimizer.namedTensors(), ([name, moment]) => [name, [...read(moment)]]),
  steps: optimizer.steps(),
});

describe("a step in mixed precision", () => {
  it("runs each forward pass in it, and the backward pass outside", () => {
    trainStep(trainable({ amp: "bfloat16" }), batches, context);
    expect(fake.autocasts).toEqual(["bfloat16", "bfloat16", "bfloat16"]);
    expect(fake.gradsInside).toBe(0);
  });

  it("is not asked for in float32", () => {
    trainStep(trainable(), batches, context);
    expect(fake.autocasts).toEqual([]);
  });

  it.each([
    ["one batch", batches.slice(0, 1), null],
    ["several batches", batches, null],
    ["clipped gradients", batches, 0.5],
  ])("and loss scaling of %s learns what it learns without a scale", (_, given, clipNorm) => {
    const [plain, scaled] = [trainable({ clipNorm }), inFloat16({ clipNorm })];
    for (let step = 0; step < 3; step++) {
      const { losses, gradNorm } = trainStep(plain, given, context);
      expect(trainStep(scaled, given, context)).toEqual({ losses, gradNorm, lossScale: 65_536 });
    }
    // Scales are powers of two: nothing is rounded otherwise.
    expect(stateOf(scaled)).toEqual(stateOf(plain));
  });
});

describe("a step whose gradients overflow float16", () => {
  it("leaves weights, moments and their counts as they are, halves the scale, and says so", () => {
    const what = inFloat16();
    trainStep(what, batches, context);
    const before = stateOf(what);
    fake.largestNorm = 1000;
    const result = trainStep(what, batches, context);
    expect(result).toMatchObject({ overflowed: "gradients", lossScale: 32_768 });
    expect(Number.isFinite(result.gradNorm)).toBe(false);
    expect(Number.isFinite(result.losses.loss)).toBe(true);
    expect(stateOf(what)).toEqual(before);
  });

  it("is followed by smaller scales until one fits, and then learns as it would have", () => {
    const [what, plain] = [inFloat16(), trainable()];
    fake.largestNorm = 10_000;
    const overflowed = [];
    let result = trainStep(what, batches, context);
    for (; result.overflowed; result = trainStep(what, batches, context)) overflowed.push(result.lossScale);
    expect(overflowed.length).toBeGreaterThan(1);
    expect(overflowed).toEqual(overflowed.map((_, skipped) => 32_768 / 2 ** skipped));
    expect(what.scaler.state).toEqual({
      scale: overflowed.at(-1),
      goodSteps: 1,
      skippedSteps: overflowed.length,
    });
    fake.largestNorm = Number.POSITIVE_INFINITY;
    trainStep(plain, batches, context);
    expect(stateOf(what)).toEqual(stateOf(plain));
  });

  it("is skipped whole where only one of its batches overflows", () => {
    for (const overflowing of [0, 1, 2]) {
      const what = inFloat16();
      const before = stateOf(what);
      what.model.factors.push(...batches.map((_, index) => (index === overflowing ? 1e6 : 1e-6)));
      fake.largestNorm = 65_504;
      expect(trainStep(what, batches, context).overflowed).toBe("gradients");
      expect(stateOf(what)).toEqual(before);
    }
  });

  it("keeps no memory", () => {
    const what = inFloat16();
    fake.largestNorm = 1;
    const before = engine.memory().tensors;
    trainStep(what, batches, context);
    what.model.factors.push(Number.POSITIVE_INFINITY);
    trainStep(what, batches, context);
    expect(engine.memory().tensors).toBe(before);
  });
});

describe("a step whose loss overflows float16", () => {
  it("is skipped without its other batches, and shows the loss of the one", () => {
    const what = inFloat16();
    const before = stateOf(what);
    what.model.factors.push(1, Number.POSITIVE_INFINITY, 1);
    expect(trainStep(what, batches, context)).toEqual({
      losses: { loss: Number.POSITIVE_INFINITY, loss_square: Number.POSITIVE_INFINITY },
      gradNorm: Number.NaN,
      overflowed: "loss",
      lossScale: 32_768,
    });
    expect(what.model.calls).toBe(2);
    expect(stateOf(what)).toEqual(before);
  });

  it("whatever the scale is an error that says what to do", () => {
    const what = inFloat16();
    what.model.factors.push(...Array.from({ length: 31 }, () => Number.NaN));
    for (let step = 0; step < 30; step++) trainStep(what, batches, context);
    const step = () => trainStep(what, batches, context);
    expect(step).toThrow(UserError);
    what.model.factors.push(Number.NaN);
    expect(step).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /^the loss overflows float16 in epoch 1, step 5 even with a loss scale of 0\.0000/,
        ),
        hint: expect.stringContaining("run.amp_dtype = bfloat16"),
      }),
    );
  });

  it("is an error at once in bfloat16, which has float32's range", () => {
    const what = trainable({ amp: "bfloat16" });
    what.model.factors.push(Number.NaN);
    const before = stateOf(what);
    expect(() => trainStep(what, batches, context)).toThrow(
      "loss is NaN in epoch 1, step 5: training has diverged",
    );
    expect(stateOf(what)).toEqual(before);
  });
});
