import { CiderCorpus, lengthFactor } from "./cider.ts";
import { tokenizeCaption } from "./ptb-tokenizer.ts";

/** The best that a captioner can do that says the same of every image. */
export interface ConstantCaption {
  /** As the candidates have it, not tokenized. */
  readonly caption: string;
  /** Its CIDEr where it is given for every image. */
  readonly CIDEr: number;
}

/** What the references have of one n-gram with one weight and length: the sum of their shares. */
interface Posting {
  readonly weight: number;
  readonly length: number;
  share: number;
}

/**
 * Finds the caption among `candidates` that scores the highest CIDEr when it is the answer to every image.
 *
 * Exact over all candidates, none are pruned: for a fixed caption CIDEr is a sum over its n-grams of terms that
 * depend only on the n-gram, its count and the caption's length. So the references are folded once into
 * postings by n-gram, weight and length, and a candidate costs one look-up an n-gram instead of a comparison
 * with every reference.
 *
 * @param candidates captions to try, such as the training captions and the references themselves.
 * @param references the captions of each image of the evaluation.
 * @returns undefined when there are no candidates or no images; the first of equals.
 */
export function bestConstantCaption(
  candidates: Iterable<string>,
  references: readonly (readonly string[])[],
): ConstantCaption | undefined {
  if (references.length === 0) return undefined;
  const tokenized = references.map((captions) => captions.map(tokenizeCaption));
  const corpus = new CiderCorpus(tokenized);
  const postings = foldReferences(corpus, tokenized);
  let best: ConstantCaption | undefined;
  const tried = new Set<string>();
  for (const caption of candidates) {
    const tokens = tokenizeCaption(caption);
    if (tried.has(tokens)) continue;
    tried.add(tokens);
    const CIDEr = scoreConstant(corpus, postings, tokens);
    if (!best || CIDEr > best.CIDEr) best = { caption, CIDEr };
  }
  return best;
}

function foldReferences(
  corpus: CiderCorpus,
  references: readonly (readonly string[])[],
): ReadonlyMap<string, readonly Posting[]> {
  const postings = new Map<string, Posting[]>();
  for (const captions of references) {
    for (const caption of captions) {
      const { weights, norms, length } = corpus.vector(caption);
      for (const [n, ngrams] of weights.entries()) {
        if (norms[n] === 0) continue;
        // Each image counts the same, each reference of it too.
        const share = 1 / (norms[n]! * captions.length * references.length);
        for (const [ngram, weight] of ngrams) {
          const list = postings.get(ngram) ?? [];
          postings.set(ngram, list);
          const alike = list.find((posting) => posting.weight === weight && posting.length === length);
          if (alike) alike.share += share;
          else list.push({ weight, length, share });
        }
      }
    }
  }
  return postings;
}

function scoreConstant(
  corpus: CiderCorpus,
  postings: ReadonlyMap<string, readonly Posting[]>,
  caption: string,
): number {
  const { weights, norms, length } = corpus.vector(caption);
  let sum = 0;
  for (const [n, ngrams] of weights.entries()) {
    if (norms[n] === 0) continue;
    let products = 0;
    for (const [ngram, weight] of ngrams)
      for (const posting of postings.get(ngram) ?? [])
        products +=
          Math.min(weight, posting.weight) *
          posting.weight *
          posting.share *
          lengthFactor(length - posting.length);
    sum += products / norms[n]!;
  }
  return (10 * sum) / weights.length;
}
