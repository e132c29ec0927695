/** One image to score: a generated caption and its references, tokenized (words joined by single spaces). */
export interface CaptionSample {
  readonly hypothesis: string;
  /** At least one. */
  readonly references: readonly string[];
}

/** A metric over all samples, and of each in their order. */
export interface CaptionScore {
  readonly corpus: number;
  readonly perImage: readonly number[];
}

/** The words of a tokenized caption; none for an empty one. */
export function wordsOf(caption: string): string[] {
  return caption.split(" ").filter((word) => word !== "");
}

/** How often each n-gram of up to `longest` words occurs: element `n - 1` counts those of `n` words. */
export function countNgrams(words: readonly string[], longest: number): Map<string, number>[] {
  const counts = Array.from({ length: longest }, () => new Map<string, number>());
  for (let start = 0; start < words.length; start++) {
    let ngram = "";
    for (let n = 0; n < longest && start + n < words.length; n++) {
      ngram = n === 0 ? words[start]! : `${ngram} ${words[start + n]}`;
      counts[n]!.set(ngram, (counts[n]!.get(ngram) ?? 0) + 1);
    }
  }
  return counts;
}

export function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
