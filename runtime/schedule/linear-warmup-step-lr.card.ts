import { defineCard, number } from "../card.ts";
import { lengthOptions, minimum, staircase, warmupOptions } from "./schedule-options.card.ts";

/** LAVIS common/optims.py, LinearWarmupStepLRScheduler. */
export const linear_warmup_step_lr = defineCard({
  kind: "schedule",
  name: "linear_warmup_step_lr",
  doc: "Rises linearly to `init_lr`, then is multiplied by `lr_decay_rate` over each epoch, down to `min_lr`.",
  options: {
    ...warmupOptions,
    min_lr: minimum,
    lr_decay_rate: number({
      doc: "Factor of the learning rate over one epoch.",
      range: { above: 0, max: 1 },
      default: { value: 0.9 },
    }),
    ...lengthOptions,
    per_epoch_staircase: staircase,
  },
});
