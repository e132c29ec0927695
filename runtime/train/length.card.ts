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
 * The length of a run of `batchesPerPass` batches a pass over the data; undefined where the options give none.
 *
 * With `max_epoch` an epoch is a pass. With `max_iters` and `iters_per_inner_epoch` the run is that many
 * batches, cut into inner epochs after which it validates and saves (LAVIS's runner_iter). The last step of
 * an epoch averages the batches that are left, so that no gradient leaks into the next epoch as it does in
 * LAVIS (base_task.py:236).
 */
export function trainingLength(batchesPerPass: number, options: PlanOptions): TrainingPlan | undefined {
  const { max_epoch, max_iters, iters_per_inner_epoch, accum_grad_iters: accumulation } = options;
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
  if (max_epoch === null) return undefined;
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
