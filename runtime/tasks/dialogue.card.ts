import { bool, defineCard } from "../card.ts";
import { trainedWith } from "../train/training-defaults.card.ts";
import { select } from "./metric-options.card.ts";

/** The mean loss of the answers. LAVIS keeps the checkpoint with the highest, which is the worst. */
const metrics = { loss: "lower" } as const;

/** Dialogue about a video (LAVIS tasks/dialogue.py). */
export const dialogue = defineCard({
  kind: "task",
  name: "dialogue",
  implemented: false,
  doc: "Learns the answers of a dialogue about a video; evaluates the loss of each answer.",
  options: {
    report_metric: bool({
      doc: "Score the answers. Where false the checkpoint of the last epoch is the best.",
      default: { value: true },
    }),
    select: select(metrics, "loss"),
  },
  defaults: trainedWith({ init_lr: 1e-5, max_epoch: 20, batch: [16, 16] }),
  reads: ["dialog"],
  metrics,
});
