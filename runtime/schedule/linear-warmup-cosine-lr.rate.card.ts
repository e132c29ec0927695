import {
  type Schedule,
  type SchedulePosition,
  stepsAfterWarmup,
  type WarmupOptions,
  warmup,
} from "./schedule.card.ts";

export interface LinearWarmupCosineOptions extends WarmupOptions {
  readonly min_lr: number;
}

/**
 * Linear warm-up, then half a cosine from `init_lr` down to `min_lr`, which the last step of the run has.
 * With `per_epoch_staircase` the cosine moves between epochs only (LAVIS, common/optims.py:63).
 */
export function linearWarmupCosineLr(options: LinearWarmupCosineOptions): Schedule {
  const { init_lr, min_lr } = options;
  return (position) => {
    const ramp = warmup(options, position);
    if (ramp !== undefined) return ramp;
    const progress = options.per_epoch_staircase
      ? position.epoch / Math.max(1, Math.floor(position.totalSteps / position.stepsPerEpoch))
      : progressAfterWarmup(options, position);
    // The sum can round to just above its upper bound.
    return Math.min(init_lr, (init_lr - min_lr) * 0.5 * (1 + Math.cos(Math.PI * progress)) + min_lr);
  };
}

/** How much of the way from the end of the warm-up (0) to the run's last step (1) is done. */
function progressAfterWarmup(options: WarmupOptions, position: SchedulePosition): number {
  const last = position.totalSteps - 1 - options.warmup_steps;
  return last > 0 ? Math.min(1, stepsAfterWarmup(options, position) / last) : 0;
}
