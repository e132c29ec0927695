/**
 * The number of edits that turn `a` into `b`: insertions, deletions, replacements and swaps of neighbours, no
 * stretch edited twice (Damerau-Levenshtein in its "optimal string alignment" form). It stops counting once there
 * are more than `limit`, and then returns some number above that.
 */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  let beforeLast: number[] = [];
  let last: number[] = [];
  for (let column = 0; column <= b.length; column++) last.push(column);
  let current: number[] = [];
  let nearestBefore = 0;
  for (let row = 1; row <= a.length; row++) {
    current[0] = row;
    let nearest = row;
    const letter = a.charCodeAt(row - 1);
    for (let column = 1; column <= b.length; column++) {
      const cost = letter === b.charCodeAt(column - 1) ? 0 : 1;
      let distance = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + cost);
      const isSwap =
        row > 1 &&
        column > 1 &&
        letter === b.charCodeAt(column - 2) &&
        a.charCodeAt(row - 2) === b.charCodeAt(column - 1);
      if (isSwap) distance = Math.min(distance, at(beforeLast, column - 2) + 1);
      current[column] = distance;
      if (distance < nearest) nearest = distance;
    }
    // What comes follows from this row or, by a swap, from the one before.
    if (Math.min(nearest, nearestBefore + 1) > limit) return nearest;
    nearestBefore = nearest;
    [beforeLast, last, current] = [last, current, beforeLast];
  }
  return at(last, b.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;

/** How many edits still count as a slip of the fingers in a word of this length. */
export const slipThreshold = (length: number): number => Math.floor(0.4 * length + 1);

/** The most suggestions that a message names. */
export const maxSuggestions = 5;

/** Longer words have no suggestions, and of candidates so many are looked at: finding them takes no time to speak of. */
const longestWord = 100;
const maxCandidates = 250;

/**
 * The candidates that may have been meant by `word`, nearest first, at most {@link maxSuggestions}: those within
 * the threshold that are not much farther than the nearest. Letter case costs nothing; a candidate that has the
 * word as some of its `_`-parts (`batch_size` in `batch_size_train`) counts as one edit away.
 */
export function suggestionsFor(word: string, candidates: Iterable<string>): readonly string[] {
  if (word.length > longestWord) return [];
  const lower = word.toLowerCase();
  const threshold = slipThreshold(word.length);
  const near = new Map<string, number>();
  let nearest = Number.POSITIVE_INFINITY;
  let numSeen = 0;
  for (const candidate of candidates) {
    if (++numSeen > maxCandidates) break;
    if (candidate === word || candidate.length > longestWord) continue;
    const other = candidate.toLowerCase();
    const isPart = lower.length > 2 && isPartOf(lower, other);
    const limit = Math.min(threshold, farthest(nearest));
    // Words of too different lengths are too far apart, whatever their letters.
    if (!isPart && Math.abs(other.length - lower.length) > limit) continue;
    const distance = isPart ? Math.min(1, editDistance(lower, other, 1)) : editDistance(lower, other, limit);
    if (distance > limit) continue;
    nearest = Math.min(nearest, distance);
    near.set(candidate, distance);
  }
  const ordered = [...near].sort(([a, one], [b, other]) => one - other || (a < b ? -1 : 1));
  return ordered
    .filter(([, distance]) => distance <= farthest(nearest))
    .slice(0, maxSuggestions)
    .map(([candidate]) => candidate);
}

/** The most edits that a suggestion may be away where the nearest is so many away. */
const farthest = (nearest: number): number => Math.max(2 * nearest, 1);

/** Whether a word is some of the `_`-parts of another. */
const isPartOf = (word: string, whole: string): boolean =>
  whole.length >= word.length && whole.includes(word) && `_${whole}_`.includes(`_${word}_`);

/** `` `a`, `b` or `c` ``. */
export function oneOfNames(names: readonly string[], conjunction: "or" | "and" = "or"): string {
  const quoted = names.map((name) => `\`${name}\``);
  const last = quoted.pop() ?? "";
  return quoted.length === 0 ? last : `${quoted.join(", ")} ${conjunction} ${last}`;
}

/** The most names that a message lists. */
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
