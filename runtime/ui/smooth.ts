/** A running mean of `count` values before; the first is forgotten, as it pays for what is done once. */
export function smooth(old: number | undefined, value: number, count: number): number {
  if (old === undefined || count <= 1) return value;
  const share = Math.max(0.1, 1 / count);
  return (1 - share) * old + share * value;
}
