import { type CaptionSample, type CaptionScore, countNgrams, wordsOf } from "./sample.ts";

/** n-grams of 1 to 4 words. */
const longest = 4;
/** COCO's evaluation keeps empty counts from dividing by zero with these (pycocoevalcap, bleu_scorer.py). */
const tiny = 1e-15;
const small = 1e-9;

/**
 * BLEU-1 to BLEU-4 of captions (Papineni et al. 2002) as COCO's evaluation computes them: clipped n-gram
 * precisions, brevity penalty against the reference of the closest length (the shorter of two equally close).
 * @returns four scores in 0..1; corpus BLEU pools the counts of all images.
 */
export function bleu(samples: readonly CaptionSample[]): CaptionScore[] {
  const matched = new Array<number>(longest).fill(0);
  const guessed = new Array<number>(longest).fill(0);
  const perImage: number[][] = Array.from({ length: longest }, () => []);
  let wordsTotal = 0;
  let closestTotal = 0;
  for (const { hypothesis, references } of samples) {
    const words = wordsOf(hypothesis);
    const counts = countNgrams(words, longest);
    const limits = highestCounts(references);
    const closest = closestLength(references, words.length);
    const own = { matched: [] as number[], guessed: [] as number[] };
    for (let n = 0; n < longest; n++) {
      let hits = 0;
      for (const [ngram, count] of counts[n]!) hits += Math.min(count, limits[n]!.get(ngram) ?? 0);
      own.matched.push(hits);
      own.guessed.push(Math.max(0, words.length - n));
      matched[n]! += hits;
      guessed[n]! += own.guessed[n]!;
    }
    for (const [n, score] of precisions(own.matched, own.guessed, words.length, closest).entries())
      perImage[n]!.push(score);
    wordsTotal += words.length;
    closestTotal += closest;
  }
  return precisions(matched, guessed, wordsTotal, closestTotal).map((corpus, n) => ({
    corpus,
    perImage: perImage[n]!,
  }));
}

/** The geometric means of the first 1 to 4 precisions, times the brevity penalty. */
function precisions(
  matched: readonly number[],
  guessed: readonly number[],
  words: number,
  closest: number,
): number[] {
  const ratio = (words + tiny) / (closest + small);
  const brevity = ratio < 1 ? Math.exp(1 - 1 / ratio) : 1;
  let product = 1;
  return matched.map((hits, n) => {
    product *= (hits + tiny) / (guessed[n]! + small);
    return product ** (1 / (n + 1)) * brevity;
  });
}

/** For each n-gram the most that any one reference has of it. */
function highestCounts(references: readonly string[]): Map<string, number>[] {
  const highest: Map<string, number>[] = Array.from({ length: longest }, () => new Map());
  for (const reference of references) {
    for (const [n, counts] of countNgrams(wordsOf(reference), longest).entries()) {
      for (const [ngram, count] of counts)
        if (count > (highest[n]!.get(ngram) ?? 0)) highest[n]!.set(ngram, count);
    }
  }
  return highest;
}

function closestLength(references: readonly string[], length: number): number {
  let closest = Number.POSITIVE_INFINITY;
  for (const reference of references) {
    const candidate = wordsOf(reference).length;
    const nearer = Math.abs(candidate - length) - Math.abs(closest - length);
    if (nearer < 0 || (nearer === 0 && candidate < closest)) closest = candidate;
  }
  return closest;
}
