/**
 * Why processes cannot go on together: another has ended (`peer-lost`) or given up (`aborted`), did not come in
 * time (`timeout`), or is doing something else (`out-of-step`).
 */
export type CollectiveFailure = "peer-lost" | "aborted" | "timeout" | "out-of-step";

/** A collective call that failed in this process. After it the group can do nothing more. */
export class CollectiveError extends Error {
  override readonly name = "CollectiveError";
  readonly failure: CollectiveFailure;
  /** The processes that it is about: those that are gone, missing, or out of step. */
  readonly ranks: readonly number[];

  constructor(failure: CollectiveFailure, message: string, ranks: readonly number[]) {
    super(message);
    this.failure = failure;
    this.ranks = ranks;
  }
}

/** `rank 3`, `ranks 1 and 3`, `ranks 1, 2 and 3`. */
export function nameRanks(ranks: readonly number[]): string {
  const last = ranks.at(-1);
  if (ranks.length < 2) return `rank ${last ?? "?"}`;
  return `ranks ${ranks.slice(0, -1).join(", ")} and ${last}`;
}
