import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { add, broadcastTo, mul, sqrt, type Tensor } from "../../../runtime/tensor/index.ts";
import {
  type Changes,
  failure,
  finished,
  makeData,
  stopAfter,
  tensorsOf,
  tinyRecipe,
  trainTiny,
} from "./fixture.ts";

let data: string;
beforeAll(async () => {
  data = await makeData();
});
afterAll(() => rmSync(data, { recursive: true }));

const run = (changes: Changes = {}) => finished(tinyRecipe(data, changes));

describe("training that diverges", () => {
  it.each([
    ["loss", (loss: Tensor) => mul(loss, Number.NaN)],
    // The slope of a root is infinite at nought.
    ["gradient norm", (loss: Tensor) => add(loss, sqrt(mul(loss, 0)))],
  ])(
    "in its %s is an error that leaves the last checkpoint as it was, and says where that is",
    async (what, spoil) => {
      const tiny = tinyRecipe(data, { run: { save_freq: 1, valid_splits: [], test_splits: [] } });
      const create: typeof tiny.model.create = async (options, build) => {
        const model = await tiny.model.create(options, build);
        const forward = model.forward.bind(model);
        let calls = 0;
        model.forward = (batch, at) => {
          const { loss } = forward(batch, at);
          return { loss: ++calls === 6 ? spoil(loss) : loss };
        };
        return model;
      };
      const recipe = { ...tiny, model: { ...tiny.model, create } };
      const { message, hint, resumeFrom, steps } = await failure(recipe);
      expect(message).toBe(`${what} is NaN in epoch 2, step 3: training has diverged`);
      expect(hint).toContain("lower schedule.init_lr");
      expect(steps).toHaveLength(5);
      expect(resumeFrom).toMatch(/checkpoints\/epoch_1$/);
      expect(
        Object.values(tensorsOf(resumeFrom ?? ""))
          .flat()
          .every((value) => Number.isFinite(value)),
      ).toBe(true);
    },
  );
});

it("does not take a loss that is more than one number", async () => {
  const tiny = tinyRecipe(data);
  const create: typeof tiny.model.create = async (options, build) => {
    const model = await tiny.model.create(options, build);
    const forward = model.forward.bind(model);
    model.forward = (batch, at) => ({ loss: broadcastTo(forward(batch, at).loss, [2, 3]) });
    return model;
  };
  const { message, hint } = await failure({ ...tiny, model: { ...tiny.model, create } });
  expect(message).toBe("the model gives a loss of shape [2, 3], not one number");
  expect(hint).toContain("mean");
});

describe("an optimizer step", () => {
  const still = {
    model: { hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 },
    run: { valid_splits: [], test_splits: [] },
  };
  const first = async (changes: Changes) => {
    const recipe = tinyRecipe(data, { ...still, ...changes, run: { ...still.run, ...changes.run } });
    const stopped = await trainTiny(recipe, stopAfter(1));
    return { step: stopped.steps[0], weights: tensorsOf(stopped.of("done")[0]?.resumeFrom ?? "") };
  };

  it("of several batches is that of one batch of all their samples", async () => {
    const whole = await first({ run: { batch_size_train: 12 } });
    const parts = await first({ run: { batch_size_train: 4, accum_grad_iters: 3 } });
    expect(parts.step?.losses.loss).toBeCloseTo(whole.step?.losses.loss ?? 0, 5);
    expect(parts.step?.samples).toBe(12);
    for (const [name, values] of Object.entries(whole.weights)) {
      const others = parts.weights[name] ?? [];
      // Where a gradient is nought up to rounding, Adam's first step is of either sign.
      const differing = values.filter((value, i) => Math.abs(value - (others[i] ?? Number.NaN)) > 1e-5);
      expect(differing.length, name).toBeLessThanOrEqual(0.02 * values.length);
    }
  });

  it("clips gradients to their norm, which it logs from before", async () => {
    const loose = await first({ optimizer: { grad_clip_norm: 1e6 } });
    const tight = await first({ optimizer: { grad_clip_norm: 1e-9, weight_decay: 0 } });
    expect(tight.step?.gradNorm).toBe(loose.step?.gradNorm);
    const start = await first({ optimizer: { weight_decay: 0 }, schedule: { init_lr: 1e-30, warmup_lr: 0 } });
    const moved = (to: Record<string, readonly number[]>) =>
      Math.max(
        ...Object.entries(to).flatMap(([name, values]) =>
          values.map((value, i) => Math.abs(value - (start.weights[name]?.[i] ?? Number.NaN))),
        ),
      );
    expect(moved(loose.weights)).toBeGreaterThan(4e-4);
    expect(moved(tight.weights)).toBeLessThan(1e-4);
  });
});

describe("memory", () => {
  it("does not grow over two hundred steps", async () => {
    const { steps } = await run({
      schedule: { max_epoch: 67 },
      optimizer: { grad_clip_norm: 1 },
      run: { valid_splits: [], test_splits: [], save_last: false, batch_size_train: 4 },
    });
    expect(steps).toHaveLength(201);
    expect(new Set(steps.slice(1).map(({ memory }) => memory.engine)).size).toBe(1);
  });
});
