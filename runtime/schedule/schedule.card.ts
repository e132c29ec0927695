/** Where a run stands when it asks for a learning rate; all counts are optimizer steps, from 0. */
export interface SchedulePosition {
  readonly epoch: number;
  /** Steps done in this epoch. */
  readonly step: number;
  /** Steps done in the run. */
  readonly globalStep: number;
  readonly stepsPerEpoch: number;
  /** Steps that the whole run takes. */
  readonly totalSteps: number;
}

/** The learning rate of the step that is about to be taken. Pure: a resumed run needs no state of it. */
export type Schedule = (position: SchedulePosition) => number;

/** What every schedule's card offers. */
export interface WarmupOptions {
  readonly init_lr: number;
  readonly warmup_lr: number;
  readonly warmup_steps: number;
  /**
   * LAVIS's behaviour: the rate decays between epochs only, and a warm-up that is longer
   * than the first epoch is cut off at its end (common/optims.py:128).
   */
  readonly per_epoch_staircase?: boolean;
}

/**
 * The linear ramp from `warmup_lr` to `init_lr` over `warmup_steps` steps, or undefined once it is over.
 * It runs on across epochs; LAVIS's ends with the first one, and holds `init_lr` until then.
 */
export function warmup(options: WarmupOptions, position: SchedulePosition): number | undefined {
  const { init_lr, warmup_lr, warmup_steps } = options;
  const over = options.per_epoch_staircase ? position.epoch > 0 : position.globalStep >= warmup_steps;
  if (over) return undefined;
  const ramp = warmup_lr + ((init_lr - warmup_lr) * position.globalStep) / Math.max(warmup_steps, 1);
  return Math.min(init_lr, ramp);
}

/** Steps since the end of the warm-up. */
export function stepsAfterWarmup(options: WarmupOptions, position: SchedulePosition): number {
  return Math.max(0, position.globalStep - options.warmup_steps);
}
