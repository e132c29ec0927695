import { bool, count, number, ratio } from "../../card.ts";

/** The common space of images and texts. */
export const embeddingSize = {
  embed_dim: count({
    doc: "Width of the space in which images and texts are compared.",
    range: { min: 1 },
    default: { value: 256 },
  }),
} as const;

/** A slowly moving copy of the model, whose predictions soften the targets (Li et al. 2021, ALBEF). */
export const momentumOptions = {
  momentum: ratio({
    doc: "How much of the momentum copy stays at each step; the rest comes from the model.",
    default: { value: 0.995 },
  }),
  alpha: ratio({
    doc: "Share of the momentum copy's predictions in the targets; it rises to this from 0 in the first epochs.",
    default: { value: 0.4 },
  }),
} as const;

export const distillation = {
  use_distill: bool({
    doc: "Soften the targets with the momentum copy's predictions.",
    default: { value: true },
  }),
} as const;

export const temperature = {
  temp: number({
    doc: "Temperature of the contrastive softmax at the start; it is learned.",
    range: { above: 0 },
    default: { value: 0.07 },
  }),
} as const;

/** Features of earlier batches as negatives. */
export const queueSize = <const N extends number>(size: N) =>
  count({
    doc: "Features of earlier samples that are kept as negatives, a multiple of the global batch; 0 keeps none.",
    dimension: "samples",
    default: { value: size },
  });

export const negativeAllRank = {
  negative_all_rank: bool({
    doc: "Choose the hard negatives of image-text matching from the batches of all processes, not of the own one alone.",
    default: { value: false },
  }),
} as const;

/** Classes of a classifier: the variant or the dataset knows them. */
export const numClasses = {
  num_classes: count({ doc: "Classes to tell apart.", range: { min: 2 } }),
} as const;
