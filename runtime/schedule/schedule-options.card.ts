import { bool, count, number } from "../card.ts";

/** How long to train: by epochs, or by iterations with inner epochs (LAVIS's runner_iter). */
export const lengthOptions = {
  max_epoch: count({
    doc: "Passes over the training data. Give this or `max_iters`.",
    dimension: "epochs",
    range: { min: 1 },
    nullable: true,
    default: { value: null },
    excludes: ["max_iters"],
  }),
  max_iters: count({
    doc: "Training steps, where the length is not counted in epochs. Give this or `max_epoch`.",
    dimension: "steps",
    range: { min: 1 },
    nullable: true,
    default: { value: null },
    excludes: ["max_epoch"],
  }),
  iters_per_inner_epoch: count({
    doc: "With `max_iters`: steps between two validations and checkpoints. One such round counts as an epoch.",
    dimension: "steps",
    range: { min: 1 },
    nullable: true,
    default: { follows: "schedule.max_iters" },
    idleWhile: { option: "max_iters", is: null },
  }),
} as const;

/** The learning rate's peak and its warm-up. */
export const warmupOptions = {
  init_lr: number({
    doc: "Learning rate after warm-up: the highest one.",
    range: { above: 0 },
  }),
  warmup_lr: number({
    doc: "Learning rate at the first step; it rises linearly to `init_lr` within `warmup_steps`.",
    range: { min: 0 },
    default: { follows: "schedule.init_lr" },
  }),
  warmup_steps: count({
    doc: "Steps of warm-up; they may span epochs.",
    dimension: "steps",
    default: { value: 0 },
  }),
} as const;

export const minimum = number({
  doc: "Lowest learning rate: the end of the decay.",
  range: { min: 0 },
  default: { value: 0 },
});

export const staircase = bool({
  doc: "Change the learning rate at the start of an epoch only, as LAVIS does, rather than at every step.",
  default: { value: false },
});
