/** A range of numbered files in a path: `{000..015}` of `train-{000..015}.tar` is sixteen files. */
export interface ShardRange {
  /** As it stands in the path. */
  readonly text: string;
  /** The first and last number, with their leading zeros. */
  readonly first: string;
  readonly last: string;
  /** How many numbers it has; below one where it counts down. */
  readonly count: number;
}

/** The most files of one range. */
export const maxShards = 1_000_000;

/** The ranges in a path, in their order. */
export function shardRanges(path: string): readonly ShardRange[] {
  return Array.from(path.matchAll(/\{(\d+)\.\.(\d+)\}/g), ([text, first = "", last = ""]) => ({
    text,
    first,
    last,
    count: Number(last) - Number(first) + 1,
  }));
}
