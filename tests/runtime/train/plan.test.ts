import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  batchesOfStep,
  planTraining,
  positionAt,
  stepsOfEpoch,
  type TrainingPlan,
} from "../../../runtime/train/plan.ts";

const byEpochs = { max_epoch: 3, max_iters: null, iters_per_inner_epoch: null, accum_grad_iters: 1 };

function allBatches(plan: TrainingPlan): number[] {
  return Array.from({ length: plan.totalSteps }, (_, step) =>
    batchesOfStep(plan, positionAt(plan, step)),
  ).flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
}

describe("planning a run", () => {
  it("makes an epoch a pass over the data", () => {
    expect(planTraining(10, byEpochs)).toMatchObject({ numEpochs: 3, stepsPerEpoch: 10, totalSteps: 30 });
  });

  it("ends an epoch with a step of the batches that are left when they do not divide", () => {
    const plan = planTraining(10, { ...byEpochs, accum_grad_iters: 4 });
    expect(plan.stepsPerEpoch).toBe(3);
    expect(batchesOfStep(plan, positionAt(plan, 2))).toEqual({ first: 8, count: 2 });
    expect(batchesOfStep(plan, positionAt(plan, 3))).toEqual({ first: 10, count: 4 });
  });

  it("cuts max_iters into inner epochs that cross passes over the data", () => {
    const plan = planTraining(7, { ...byEpochs, max_epoch: null, max_iters: 25, iters_per_inner_epoch: 10 });
    expect(plan).toMatchObject({ numEpochs: 3, batchesPerEpoch: 10, stepsPerEpoch: 10, totalSteps: 25 });
    expect([0, 1, 2].map((epoch) => stepsOfEpoch(plan, epoch))).toEqual([10, 10, 5]);
  });

  it("refuses data smaller than a batch and a run without an end", () => {
    expect(() => planTraining(0, byEpochs)).toThrow("fewer samples than one batch");
    expect(() => planTraining(5, { ...byEpochs, max_epoch: null })).toThrow(
      "neither max_epoch nor max_iters",
    );
  });

  it("takes every batch once and in order, whatever the accumulation", () => {
    const sizes = fc.record({
      batches: fc.integer({ min: 1, max: 40 }),
      epochs: fc.integer({ min: 1, max: 5 }),
      accumulation: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(sizes, ({ batches, epochs, accumulation }) => {
        const plan = planTraining(batches, {
          ...byEpochs,
          max_epoch: epochs,
          accum_grad_iters: accumulation,
        });
        expect(allBatches(plan)).toEqual(Array.from({ length: batches * epochs }, (_, i) => i));
      }),
    );
  });

  it("takes max_iters batches once and in order, whatever the accumulation", () => {
    const sizes = fc.record({
      batches: fc.integer({ min: 1, max: 40 }),
      iters: fc.integer({ min: 1, max: 90 }),
      inner: fc.integer({ min: 1, max: 30 }),
      accumulation: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(sizes, ({ batches, iters, inner, accumulation }) => {
        const options = {
          max_epoch: null,
          max_iters: iters,
          iters_per_inner_epoch: inner,
          accum_grad_iters: accumulation,
        };
        const plan = planTraining(batches, options);
        expect(allBatches(plan)).toEqual(Array.from({ length: iters }, (_, i) => i));
      }),
    );
  });
});
