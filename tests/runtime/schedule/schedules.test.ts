import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { constantLr } from "../../../runtime/schedule/constant-lr.rate.card.ts";
import { linearWarmupCosineLr } from "../../../runtime/schedule/linear-warmup-cosine-lr.rate.card.ts";
import { linearWarmupStepLr } from "../../../runtime/schedule/linear-warmup-step-lr.rate.card.ts";
import type { Schedule } from "../../../runtime/schedule/schedule.card.ts";
import { goldenJson } from "../../golden.ts";

interface GoldenSchedule {
  readonly name: string;
  readonly config: {
    readonly max_epoch: number;
    readonly min_lr: number;
    readonly init_lr: number;
    readonly warmup_steps?: number;
    readonly warmup_start_lr?: number;
    readonly decay_rate?: number;
  };
  readonly steps_per_epoch: number;
  readonly lr: readonly number[];
}

/** The learning rate of every step of a run. */
function curve(schedule: Schedule, numEpochs: number, stepsPerEpoch: number): number[] {
  return Array.from({ length: numEpochs * stepsPerEpoch }, (_, globalStep) =>
    schedule({
      epoch: Math.floor(globalStep / stepsPerEpoch),
      step: globalStep % stepsPerEpoch,
      globalStep,
      stepsPerEpoch,
      totalSteps: numEpochs * stepsPerEpoch,
    }),
  );
}

interface Options {
  readonly init_lr: number;
  readonly min_lr: number;
  readonly warmup_lr: number;
  readonly warmup_steps: number;
  readonly lr_decay_rate: number;
  readonly per_epoch_staircase: boolean;
}

const makers: Readonly<Record<string, (options: Options) => Schedule>> = {
  linear_warmup_cosine_lr: linearWarmupCosineLr,
  linear_warmup_step_lr: linearWarmupStepLr,
  constant_lr: constantLr,
};

describe("with per_epoch_staircase, LAVIS's rates", () => {
  const { schedules } = goldenJson<{ schedules: GoldenSchedule[] }>("lr_schedules", "lr_schedules.json");
  test.each(schedules.map((golden, i) => [`${golden.name} (${i})`, golden] as const))("%s", (_, golden) => {
    const { config, steps_per_epoch: stepsPerEpoch } = golden;
    const start = config.warmup_start_lr ?? -1;
    const schedule = makers[golden.name]!({
      init_lr: config.init_lr,
      min_lr: config.min_lr,
      warmup_lr: start >= 0 ? start : config.init_lr,
      warmup_steps: config.warmup_steps ?? 0,
      lr_decay_rate: config.decay_rate ?? Number.NaN,
      per_epoch_staircase: true,
    });
    const rates = curve(schedule, golden.lr.length / stepsPerEpoch, stepsPerEpoch);
    expect(rates).toHaveLength(golden.lr.length);
    for (const [step, rate] of rates.entries()) {
      expect(Math.abs(rate - golden.lr[step]!), `step ${step}`).toBeLessThanOrEqual(1e-12 * config.init_lr);
    }
  });
});

describe("per step, which is the default,", () => {
  const numEpochs = 4;
  const stepsPerEpoch = 25;
  const total = numEpochs * stepsPerEpoch;
  const options: fc.Arbitrary<Options> = fc.record({
    init_lr: fc.double({ min: 1e-5, max: 1e-3, noNaN: true }),
    min_lr: fc.double({ min: 0, max: 1e-5, noNaN: true }),
    warmup_lr: fc.double({ min: 0, max: 1e-5, noNaN: true }),
    // Up to three quarters of the run: warm-ups that are longer than an epoch too.
    warmup_steps: fc.integer({ min: 0, max: 75 }),
    lr_decay_rate: fc.double({ min: 0.5, max: 1, noNaN: true }),
    per_epoch_staircase: fc.constant(false),
  });

  describe.each(Object.keys(makers))("%s", (name) => {
    const property = (check: (rates: number[], options: Options) => void) =>
      fc.assert(
        fc.property(options, (given) => check(curve(makers[name]!(given), numEpochs, stepsPerEpoch), given)),
      );

    test("climbs from warmup_lr to init_lr in warmup_steps, across epochs, then never climbs again", () => {
      property((rates, { warmup_steps, warmup_lr, init_lr }) => {
        if (warmup_steps > 0) expect(rates[0]).toBe(warmup_lr);
        expect(rates[warmup_steps]).toBeCloseTo(init_lr, 12);
        for (let step = 1; step <= warmup_steps; step++)
          expect(rates[step]!).toBeGreaterThanOrEqual(rates[step - 1]!);
        for (let step = warmup_steps + 1; step < total; step++) {
          expect(rates[step]!).toBeLessThanOrEqual(rates[step - 1]!);
        }
      });
    });

    test("has no jumps", () => {
      property((rates, { warmup_steps, init_lr }) => {
        // The steepest: the ramp's slope, a cosine's π/2 over the steps that are left, or half in an epoch.
        const shortest = Math.min(warmup_steps || total, total - warmup_steps - 1, stepsPerEpoch);
        for (let step = 1; step < total; step++) {
          expect(Math.abs(rates[step]! - rates[step - 1]!)).toBeLessThanOrEqual((init_lr * 1.6) / shortest);
        }
      });
    });

    test("stays between its bounds", () => {
      property((rates, { min_lr, warmup_lr, init_lr }) => {
        for (const rate of rates) {
          expect(rate).toBeGreaterThanOrEqual(Math.min(min_lr, warmup_lr));
          expect(rate).toBeLessThanOrEqual(init_lr);
        }
      });
    });
  });

  test("linear_warmup_cosine_lr ends at min_lr", () => {
    fc.assert(
      fc.property(options, (given) => {
        expect(curve(linearWarmupCosineLr(given), numEpochs, stepsPerEpoch).at(-1)).toBeCloseTo(
          given.min_lr,
          15,
        );
      }),
    );
  });

  test("linear_warmup_step_lr shrinks by lr_decay_rate an epoch", () => {
    const schedule = linearWarmupStepLr({
      init_lr: 1e-3,
      min_lr: 0,
      warmup_lr: 0,
      warmup_steps: 30,
      lr_decay_rate: 0.5,
      per_epoch_staircase: false,
    });
    const rates = curve(schedule, numEpochs, stepsPerEpoch);
    expect(rates[30 + stepsPerEpoch]).toBeCloseTo(5e-4, 12);
    expect(rates[30 + 2 * stepsPerEpoch]).toBeCloseTo(2.5e-4, 12);
  });

  test("a warm-up longer than the run only climbs", () => {
    const schedule = linearWarmupCosineLr({
      init_lr: 1e-3,
      min_lr: 0,
      warmup_lr: 0,
      warmup_steps: 2 * total,
      per_epoch_staircase: false,
    });
    expect(curve(schedule, numEpochs, stepsPerEpoch).at(-1)).toBeCloseTo(
      (1e-3 * (total - 1)) / (2 * total),
      12,
    );
  });
});
