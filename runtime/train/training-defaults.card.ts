/** How LAVIS's own configurations train a task or a model's variant; batch sizes are those of one process. */
export interface Training {
  readonly init_lr: number;
  readonly min_lr?: number;
  readonly warmup_lr?: number;
  readonly warmup_steps?: number;
  readonly max_epoch: number;
  readonly weight_decay?: number;
  /** Samples in a batch of training, and of evaluation. */
  readonly batch: readonly [train: number, evaluation: number];
}

/** Training as a card's defaults for the other sections. */
export function trainedWith({ max_epoch, weight_decay, batch, ...rates }: Training) {
  const schedule = Object.entries(rates).map(([key, value]) => [`schedule.${key}`, value]);
  return {
    ...Object.fromEntries(schedule),
    "schedule.max_epoch": max_epoch,
    ...(weight_decay !== undefined && { "optimizer.weight_decay": weight_decay }),
    "run.batch_size_train": batch[0],
    "run.batch_size_eval": batch[1],
  };
}
