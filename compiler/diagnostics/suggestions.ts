/**
 * The number of edits that turn `a` into `b`: insertions, deletions, replacements and swaps of neighbours, no
 * stretch edited twice (Damerau-Levenshtein in its "optimal string alignment" form).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let distance = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + cost);
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwap) distance = Math.min(distance, at(beforeLast, column - 2) + 1);
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;

/** How many edits still count as a slip of the fingers in a word of this length. */
export const slipThreshold = (length: number): number => Math.floor(0.4 * length + 1);

/** The most suggestions that a message names. */
export const maxSuggestions = 5;

/**
 * The candidates that may have been meant by `word`, nearest first, at most {@link maxSuggestions}: those within
 * the threshold that are not much farther than the nearest. Letter case costs nothing; a candidate that has the
 * word as some of its `_`-parts (`batch_size` in `batch_size_train`) counts as one edit away.
 */
export function suggestionsFor(word: string, candidates: Iterable<string>): readonly string[] {
  const lower = word.toLowerCase();
  const part = `_${lower}_`;
  const threshold = slipThreshold(word.length);
  const near: { readonly candidate: string; readonly distance: number }[] = [];
  for (const candidate of new Set(candidates)) {
    if (candidate === word) continue;
    const other = candidate.toLowerCase();
    const isPart = lower.length > 2 && other.includes(lower) && `_${other}_`.includes(part);
    // Words of too different lengths are too far apart, whatever their letters.
    if (!isPart && Math.abs(other.length - lower.length) > threshold) continue;
    const distance = isPart ? Math.min(1, editDistance(lower, other)) : editDistance(lower, other);
    if (distance <= threshold) near.push({ candidate, distance });
  }
  near.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  const nearest = near[0]?.distance ?? 0;
  return near
    .filter(({ distance }) => distance <= Math.max(2 * nearest, 1))
    .slice(0, maxSuggestions)
    .map(({ candidate }) => candidate);
}

/** `` `a`, `b` or `c` ``. */
export function oneOfNames(names: readonly string[], conjunction: "or" | "and" = "or"): string {
  const quoted = names.map((name) => `\`${name}\``);
  const last = quoted.pop() ?? "";
  return quoted.length === 0 ? last : `${quoted.join(", ")} ${conjunction} ${last}`;
}

/** The most names of the catalogue that a message lists. */
const maxListed = 12;

/** As {@link oneOfNames}, of a list that may be long: the first ones, and how many more there are. */
export function someOfNames(names: readonly string[], conjunction: "or" | "and" = "or"): string {
  if (names.length <= maxListed) return oneOfNames(names, conjunction);
  const listed = names.slice(0, maxListed - 1).map((name) => `\`${name}\``);
  return `${listed.join(", ")} ${conjunction} ${names.length - listed.length} others`;
}

/** "Did you mean …?" as a note, or no note. */
export function didYouMean(suggestions: readonly string[]): readonly string[] {
  return suggestions.length === 0 ? [] : [`Did you mean ${oneOfNames(suggestions)}?`];
}
