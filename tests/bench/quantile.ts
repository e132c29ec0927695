/** The value below which a share of some values lies; they are in rising order, and at least one. */
export function quantile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (value === undefined) throw new RangeError("nothing was measured");
  return value;
}
