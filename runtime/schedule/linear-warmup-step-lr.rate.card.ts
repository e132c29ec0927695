import { type Schedule, stepsAfterWarmup, type WarmupOptions, warmup } from "./schedule.card.ts";

export interface LinearWarmupStepOptions extends WarmupOptions {
  readonly min_lr: number;
  /** The factor by which an epoch shrinks the rate. */
  readonly lr_decay_rate: number;
}

/**
 * Linear warm-up, then exponential decay by `lr_decay_rate` an epoch, never below `min_lr`.
 * With `per_epoch_staircase` it decays between epochs only, and the epochs of the warm-up count
 * (LAVIS, common/optims.py:13).
 */
export function linearWarmupStepLr(options: LinearWarmupStepOptions): Schedule {
  const { init_lr, min_lr, lr_decay_rate } = options;
  return (position) => {
    const ramp = warmup(options, position);
    if (ramp !== undefined) return ramp;
    const epochs = options.per_epoch_staircase
      ? position.epoch
      : stepsAfterWarmup(options, position) / position.stepsPerEpoch;
    return Math.max(min_lr, init_lr * lr_decay_rate ** epochs);
  };
}
