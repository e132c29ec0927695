/** `seconds` for `setTimeout`, in milliseconds: what is longer than it takes would be no time at all. */
export function timerOf(seconds: number): number {
  return Math.min(1000 * seconds, 2 ** 31 - 1);
}
