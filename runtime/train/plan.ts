import { UserError } from "../errors.ts";

/** How long a run is and how its batches group into optimizer steps and epochs. */
export interface TrainingPlan {
  /** Epochs: passes over the data, or with `max_iters` LAVIS's inner epochs. */
  readonly numEpochs: number;
  readonly batchesPerEpoch: number;
  /** Batches in one pass over the data; differs from `batchesPerEpoch` with `max_iters` only. */
  readonly batchesPerPass: number;
  /** Batches whose gradients one optimizer step averages. */
  readonly accumulation: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  readonly totalBatches: number;
}

export interface PlanOptions {
  readonly max_epoch: number | null;
  readonly max_iters: number | null;
  readonly iters_per_inner_epoch: number | null;
  readonly accum_grad_iters: number;
}

/**
 * Plans a run of `batchesPerPass` batches a pass over the data.
 *
 * With `max_epoch` an epoch is a pass. With `max_iters` and `iters_per_inner_epoch` the run is that many
 * batches, cut into inner epochs after which it validates and saves (LAVIS's runner_iter). The last step of
 * an epoch averages the batches that are left, so that no gradient leaks into the next epoch as it does in
 * LAVIS (base_task.py:236). Throws a `UserError` when a pass has no batch.
 */
export function planTraining(batchesPerPass: number, options: PlanOptions): TrainingPlan {
  const { max_epoch, max_iters, iters_per_inner_epoch, accum_grad_iters: accumulation } = options;
  if (batchesPerPass < 1) {
    throw new UserError(
      "the training split has fewer samples than one batch, so an epoch would have no step",
      "lower run.batch_size_train, or give the dataset more samples",
    );
  }
  if (max_iters !== null) {
    const batchesPerEpoch = Math.min(iters_per_inner_epoch ?? batchesPerPass, max_iters);
    const numEpochs = Math.ceil(max_iters / batchesPerEpoch);
    const lastBatches = max_iters - (numEpochs - 1) * batchesPerEpoch;
    const stepsPerEpoch = Math.ceil(batchesPerEpoch / accumulation);
    const totalSteps = (numEpochs - 1) * stepsPerEpoch + Math.ceil(lastBatches / accumulation);
    return {
      numEpochs,
      batchesPerEpoch,
      batchesPerPass,
      accumulation,
      stepsPerEpoch,
      totalSteps,
      totalBatches: max_iters,
    };
  }
  if (max_epoch === null) {
    throw new UserError(
      "the schedule says neither max_epoch nor max_iters",
      "give one of them in the schedule block",
    );
  }
  const stepsPerEpoch = Math.ceil(batchesPerPass / accumulation);
  return {
    numEpochs: max_epoch,
    batchesPerEpoch: batchesPerPass,
    batchesPerPass,
    accumulation,
    stepsPerEpoch,
    totalSteps: max_epoch * stepsPerEpoch,
    totalBatches: max_epoch * batchesPerPass,
  };
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
