import { defineCard } from "../card.ts";
import { lengthOptions, minimum, staircase, warmupOptions } from "./schedule-options.card.ts";

/** LAVIS common/optims.py, LinearWarmupCosineLRScheduler. */
export const linear_warmup_cosine_lr = defineCard({
  kind: "schedule",
  name: "linear_warmup_cosine_lr",
  doc: "Rises linearly to `init_lr`, then falls to `min_lr` along half a cosine.",
  options: { ...warmupOptions, min_lr: minimum, ...lengthOptions, per_epoch_staircase: staircase },
});
