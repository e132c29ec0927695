/** A data set that a run trains on: its samples, and the `ratio` that its section gives it. */
export interface Portion {
  readonly samples: number;
  readonly ratio: number | null;
}

/** Sums of decimals such as 0.1 + 0.2 + 0.7 miss 1 by less. */
export const shareTolerance = 1e-6;

/**
 * The share of the training samples that is drawn from each data set; the shares sum to 1. Ratios that do not are
 * scaled. Where some have none, they share by size what the ratios leave of 1, which is 0 each where those leave
 * nothing. Undefined where no data set has a ratio, and where there is but one: then each sample comes once an epoch.
 */
export function sharesOf(portions: readonly Portion[]): readonly number[] | undefined {
  if (portions.length < 2 || portions.every(({ ratio }) => ratio === null)) return undefined;
  const written = portions.reduce((sum, { ratio }) => sum + (ratio ?? 0), 0);
  const others = portions.filter(({ ratio }) => ratio === null);
  if (others.length === 0) return portions.map(({ ratio }) => (ratio ?? 0) / written);
  const left = 1 - written > shareTolerance ? 1 - written : 0;
  const size = others.reduce((sum, { samples }) => sum + samples, 0);
  return portions.map(({ samples, ratio }) => ratio ?? (left * samples) / Math.max(1, size));
}
