import { UserError } from "../errors.ts";
import { type PlanOptions, type TrainingPlan, trainingLength } from "./length.card.ts";

export type { PlanOptions, TrainingPlan } from "./length.card.ts";

/**
 * Plans a run of `batchesPerPass` batches a pass over the data. Throws a `UserError` when a pass has no batch, or
 * nothing says how long to train.
 */
export function planTraining(batchesPerPass: number, options: PlanOptions): TrainingPlan {
  if (batchesPerPass < 1) {
    throw new UserError(
      "the training split has fewer samples than one batch, so an epoch would have no step",
      "lower run.batch_size_train, or give the dataset more samples",
    );
  }
  const plan = trainingLength(batchesPerPass, options);
  if (plan === undefined) {
    throw new UserError(
      "the schedule says neither max_epoch nor max_iters",
      "give one of them in the schedule block",
    );
  }
  return plan;
}

/** Where a run stands: `step` optimizer steps are done; the next one is `stepInEpoch` of `epoch` (0-based). */
export interface Position {
  readonly epoch: number;
  readonly stepInEpoch: number;
  readonly step: number;
}

/** The position after `step` optimizer steps. */
export function positionAt(plan: TrainingPlan, step: number): Position {
  const epoch = Math.floor(step / plan.stepsPerEpoch);
  return { epoch, stepInEpoch: step - epoch * plan.stepsPerEpoch, step };
}

/** The number of steps of an epoch: fewer than `stepsPerEpoch` only in the last one of a `max_iters` run. */
export function stepsOfEpoch(plan: TrainingPlan, epoch: number): number {
  return Math.min(plan.stepsPerEpoch, plan.totalSteps - epoch * plan.stepsPerEpoch);
}

/**
 * The batches that an optimizer step takes, numbered from the start of the run. A batch's number alone says
 * which pass over the data and which place in it (`Math.floor(n / batchesPerPass)`, `n % batchesPerPass`),
 * and so which samples and augmentation draws: this is what makes resuming exact.
 */
export function batchesOfStep(
  plan: TrainingPlan,
  position: Position,
): { readonly first: number; readonly count: number } {
  const inEpoch = position.stepInEpoch * plan.accumulation;
  const first = position.epoch * plan.batchesPerEpoch + inEpoch;
  return {
    first,
    count: Math.min(plan.accumulation, plan.batchesPerEpoch - inEpoch, plan.totalBatches - first),
  };
}
