import { type CaptionSample, type CaptionScore, mean } from "./sample.ts";

/** Recall counts this much more than precision. */
const beta = 1.2;

/**
 * ROUGE-L of captions (Lin 2004) as COCO's evaluation computes it: the F-measure (beta 1.2) of the longest
 * common subsequence, from the best precision and the best recall over the references.
 * @returns scores in 0..1.
 */
export function rougeL(samples: readonly CaptionSample[]): CaptionScore {
  const perImage = samples.map(({ hypothesis, references }) => {
    // An empty caption counts as one empty word, as in pycocoevalcap.
    const words = hypothesis.split(" ");
    let precision = 0;
    let recall = 0;
    for (const reference of references) {
      const others = reference.split(" ");
      const common = commonSubsequence(words, others);
      precision = Math.max(precision, common / words.length);
      recall = Math.max(recall, common / others.length);
    }
    return precision > 0 && recall > 0
      ? ((1 + beta ** 2) * precision * recall) / (recall + beta ** 2 * precision)
      : 0;
  });
  return { corpus: mean(perImage), perImage };
}

/** The length of the longest common subsequence. */
function commonSubsequence(a: readonly string[], b: readonly string[]): number {
  let previous = new Uint32Array(b.length + 1);
  let current = new Uint32Array(b.length + 1);
  for (const word of a) {
    for (let j = 1; j <= b.length; j++)
      current[j] = word === b[j - 1] ? previous[j - 1]! + 1 : Math.max(previous[j]!, current[j - 1]!);
    [previous, current] = [current, previous];
  }
  return previous[b.length]!;
}
