import { type CaptionSample, type CaptionScore, countNgrams, mean, wordsOf } from "./sample.ts";

/** n-grams of 1 to 4 words. */
const longest = 4;
/** Captions whose lengths differ by this much count 0.6 of their similarity. */
const sigma = 6;

/** A caption as vectors of tf-idf weights, one for each length of n-gram. */
export interface CiderVector {
  readonly weights: readonly ReadonlyMap<string, number>[];
  readonly norms: readonly number[];
  /** The number of bigrams: what pycocoevalcap compares as the length. */
  readonly length: number;
}

/** How rare each n-gram is among the images' references: the ground of CIDEr's weights. */
export class CiderCorpus {
  readonly #imagesWith = new Map<string, number>();
  readonly #logImages: number;

  /** @param references the tokenized references of each image. */
  constructor(references: readonly (readonly string[])[]) {
    for (const captions of references) {
      const ngrams = new Set<string>();
      for (const caption of captions)
        for (const counts of countNgrams(wordsOf(caption), longest))
          for (const ngram of counts.keys()) ngrams.add(ngram);
      for (const ngram of ngrams) this.#imagesWith.set(ngram, (this.#imagesWith.get(ngram) ?? 0) + 1);
    }
    this.#logImages = Math.log(references.length);
  }

  vector(caption: string): CiderVector {
    const words = wordsOf(caption);
    const norms: number[] = [];
    const weights = countNgrams(words, longest).map((counts) => {
      const vector = new Map<string, number>();
      let squares = 0;
      for (const [ngram, count] of counts) {
        const weight = count * (this.#logImages - Math.log(Math.max(1, this.#imagesWith.get(ngram) ?? 0)));
        vector.set(ngram, weight);
        squares += weight ** 2;
      }
      norms.push(Math.sqrt(squares));
      return vector;
    });
    return { weights, norms, length: Math.max(0, words.length - 1) };
  }
}

/** How much a difference in length leaves of a similarity. */
export function lengthFactor(difference: number): number {
  return Math.exp(-(difference ** 2) / (2 * sigma ** 2));
}

/**
 * CIDEr of captions (Vedantam et al. 2015) as COCO's evaluation computes it: the mean over references and
 * n-gram lengths of the clipped cosine similarity of tf-idf vectors, less for a differing length, times 10.
 * Document frequencies come from the references given here, so a score depends on the whole set.
 */
export function cider(samples: readonly CaptionSample[]): CaptionScore {
  const corpus = new CiderCorpus(samples.map(({ references }) => references));
  const perImage = samples.map(({ hypothesis, references }) => {
    const own = corpus.vector(hypothesis);
    const similarities = references.map((reference) => similarity(own, corpus.vector(reference)));
    return 10 * mean(similarities);
  });
  return { corpus: mean(perImage), perImage };
}

function similarity(hypothesis: CiderVector, reference: CiderVector): number {
  const factor = lengthFactor(hypothesis.length - reference.length);
  let sum = 0;
  for (let n = 0; n < longest; n++) {
    const norms = hypothesis.norms[n]! * reference.norms[n]!;
    if (norms === 0) continue;
    let product = 0;
    for (const [ngram, weight] of hypothesis.weights[n]!) {
      const other = reference.weights[n]!.get(ngram);
      if (other !== undefined) product += Math.min(weight, other) * other;
    }
    sum += (product / norms) * factor;
  }
  return sum / longest;
}
