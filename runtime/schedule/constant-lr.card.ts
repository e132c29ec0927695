import { defineCard } from "../card.ts";
import { lengthOptions, warmupOptions } from "./schedule-options.card.ts";

/** LAVIS common/optims.py, ConstantLRScheduler. */
export const constant_lr = defineCard({
  kind: "schedule",
  name: "constant_lr",
  doc: "Rises linearly to `init_lr` and stays there.",
  options: { ...warmupOptions, ...lengthOptions },
});
