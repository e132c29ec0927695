import { type Schedule, type WarmupOptions, warmup } from "./schedule.card.ts";

/** Linear warm-up, then `init_lr` for good (LAVIS, common/optims.py:97). */
export function constantLr(options: WarmupOptions): Schedule {
  return (position) => warmup(options, position) ?? options.init_lr;
}
