/*
 * Changes to the scores of the next token, in place, one row of the vocabulary at a time. They are those of
 * transformers (generation/logits_process.py): a forbidden token scores −∞.
 */

/**
 * Makes the tokens of `ids` less likely for `penalty` > 1, more likely for `penalty` < 1: positive scores are
 * divided by it, negative ones multiplied (Keskar et al. 2019, CTRL).
 */
export function applyRepetitionPenalty(scores: Float32Array, ids: readonly number[], penalty: number): void {
  if (penalty === 1) return;
  for (const id of new Set(ids)) {
    const score = scores[id] as number;
    scores[id] = score < 0 ? score * penalty : score / penalty;
  }
}

/** Forbids `endId` while the sequence has fewer than `minLength` tokens. */
export function applyMinLength(scores: Float32Array, length: number, minLength: number, endId: number): void {
  if (length < minLength) scores[endId] = Number.NEGATIVE_INFINITY;
}

/** Divides by `temperature` > 0: below 1 sharpens the distribution, above 1 flattens it. */
export function applyTemperature(scores: Float32Array, temperature: number): void {
  if (temperature === 1) return;
  for (let id = 0; id < scores.length; id++) scores[id] = (scores[id] as number) / temperature;
}

/** Forbids all but the `k` best tokens, and those that tie with the last of them. */
export function applyTopK(scores: Float32Array, k: number): void {
  if (k >= scores.length) return;
  const threshold = Float32Array.from(scores).sort()[scores.length - k] as number;
  for (let id = 0; id < scores.length; id++) {
    if ((scores[id] as number) < threshold) scores[id] = Number.NEGATIVE_INFINITY;
  }
}

/**
 * Keeps the smallest set of likeliest tokens that hold at least `p` of the probability, and at least one
 * (Holtzman et al. 2020, nucleus sampling); forbids the others.
 */
export function applyTopP(scores: Float32Array, p: number): void {
  if (p >= 1) return;
  const scoreOf = (id: number): number => scores[id] as number;
  // Forbidden tokens have no probability: they need no sorting, which a whole vocabulary makes slow.
  const ascending = [...scores.keys()].filter((id) => scoreOf(id) > Number.NEGATIVE_INFINITY);
  ascending.sort((a, b) => scoreOf(a) - scoreOf(b));
  const probabilities = softmax(scores);
  let below = 0;
  for (const id of ascending.slice(0, -1)) {
    below += probabilities[id] as number;
    if (below > 1 - p) return;
    scores[id] = Number.NEGATIVE_INFINITY;
  }
}

/** Probabilities of a row of scores, in double precision. */
export function softmax(scores: Float32Array): Float64Array {
  let highest = Number.NEGATIVE_INFINITY;
  for (const score of scores) highest = Math.max(highest, score);
  const probabilities = new Float64Array(scores.length);
  let total = 0;
  for (let id = 0; id < scores.length; id++) {
    const weight = Math.exp((scores[id] as number) - highest);
    probabilities[id] = weight;
    total += weight;
  }
  for (let id = 0; id < probabilities.length; id++) probabilities[id] = (probabilities[id] as number) / total;
  return probabilities;
}
