import { UserError } from "../errors.ts";
import {
  checkLengths,
  type Decoder,
  type LengthOptions,
  notFinite,
  rowOf,
  type Sequence,
} from "./decoder.ts";
import { applyMinLength, applyRepetitionPenalty } from "./logits-processors.ts";

export interface BeamSearchOptions extends LengthOptions {
  readonly num_beams: number;
  readonly repetition_penalty: number;
  /** A finished sequence scores its log probability over length ** length_penalty. */
  readonly length_penalty: number;
  readonly endId: number;
}

/** An unfinished sequence. */
interface Beam {
  readonly ids: readonly number[];
  /** Sum of (penalised) log probabilities. */
  readonly score: number;
  /** Which beam of the step before it continues. */
  readonly parent: number;
}

interface Candidate {
  readonly beam: number;
  readonly token: number;
  readonly score: number;
}

/**
 * Beam search as transformers 4.25–4.31 has it (generation/beam_search.py): each step looks at the
 * 2·num_beams best continuations; those that end are kept as hypotheses if among the first num_beams, the
 * others fill the beams; an image is done once no open beam can beat its num_beams hypotheses at the present
 * length. The score's length counts the prompt and not the end token. Returns the best sequence per image.
 *
 * @throws UserError when the lengths leave no room, the vocabulary is too small for the beams, or the
 *   decoder's output is not finite.
 */
export function beamSearch(
  decoder: Decoder,
  prompt: readonly number[],
  options: BeamSearchOptions,
): Sequence[] {
  checkLengths(prompt, options);
  const { vocabularySize } = decoder;
  if (2 * options.num_beams > vocabularySize) {
    throw new UserError(
      `num_beams ${options.num_beams} needs ${2 * options.num_beams} candidates, the vocabulary has ${vocabularySize}`,
      "lower num_beams",
    );
  }
  const searches = Array.from({ length: decoder.numImages }, () => new ImageSearch(prompt, options));
  let live = searches;
  let scores = decoder.start(prompt, "logProbabilities");
  for (let length = prompt.length; ; ) {
    const parents: number[] = [];
    const tokens: number[] = [];
    let firstRow = 0;
    for (const search of live) {
      const numRows = search.beams.length;
      const rows = search.beams.map((_, beam) => rowOf(scores, firstRow + beam, vocabularySize));
      search.extend(rows);
      if (!search.isDone) {
        for (const beam of search.beams) {
          parents.push(firstRow + beam.parent);
          tokens.push(beam.ids.at(-1) as number);
        }
      }
      firstRow += numRows;
    }
    live = live.filter((search) => !search.isDone);
    length++;
    if (live.length === 0 || length >= options.max_length) break;
    scores = decoder.advance(parents, tokens, "logProbabilities");
  }
  return searches.map((search) => search.best());
}

/** The search for one image's sequence. */
class ImageSearch {
  beams: readonly Beam[];
  isDone = false;
  readonly #options: BeamSearchOptions;
  readonly #finished: Hypotheses;

  constructor(prompt: readonly number[], options: BeamSearchOptions) {
    // One beam at first: copies of it would only propose the same continuations again.
    this.beams = [{ ids: prompt, score: 0, parent: 0 }];
    this.#options = options;
    this.#finished = new Hypotheses(options);
  }

  /** Appends a token to every beam. `rows`: the log probabilities after each beam; changed in place. */
  extend(rows: readonly Float32Array[]): void {
    const { num_beams, min_length, repetition_penalty, endId } = this.#options;
    const length = (this.beams[0] as Beam).ids.length;
    for (const [beam, row] of rows.entries()) {
      applyRepetitionPenalty(row, (this.beams[beam] as Beam).ids, repetition_penalty);
      applyMinLength(row, length, min_length, endId);
    }
    const sums = this.beams.map((beam) => beam.score);
    const candidates = bestCandidates(rows, sums, 2 * num_beams);
    const next: Beam[] = [];
    for (const [rank, { beam, token, score }] of candidates.entries()) {
      const ids = (this.beams[beam] as Beam).ids;
      if (token !== endId) next.push({ ids: [...ids, token], score, parent: beam });
      else if (rank < num_beams) this.#finished.add(ids, score);
      if (next.length === num_beams) break;
    }
    if (next.length < num_beams) throw notFinite(length);
    this.beams = next;
    this.isDone = this.#finished.beat((candidates[0] as Candidate).score, length);
  }

  /** The best sequence: of the finished ones, and of the open ones when the length ended the search. */
  best(): Sequence {
    if (!this.isDone) for (const { ids, score } of this.beams) this.#finished.add(ids, score);
    const { ids, score } = this.#finished.best();
    // Only what the length cut off is as long as that.
    const ended = ids.length < this.#options.max_length;
    return { ids: ended ? [...ids, this.#options.endId] : ids, score };
  }
}

/** A finished sequence, without its end token. */
interface Hypothesis {
  readonly ids: readonly number[];
  readonly score: number;
}

/** The num_beams best finished sequences of an image, best first; of equal ones the newest first. */
class Hypotheses {
  readonly #options: BeamSearchOptions;
  readonly #kept: Hypothesis[] = [];

  constructor(options: BeamSearchOptions) {
    this.#options = options;
  }

  add(ids: readonly number[], logProbability: number): void {
    const { num_beams, length_penalty } = this.#options;
    const score = logProbability / ids.length ** length_penalty;
    const worst = this.#kept[num_beams - 1];
    if (worst && score <= worst.score) return;
    const place = this.#kept.findIndex((kept) => score >= kept.score);
    this.#kept.splice(place < 0 ? this.#kept.length : place, 0, { ids, score });
    if (this.#kept.length > num_beams) this.#kept.pop();
  }

  /** Whether num_beams hypotheses are there, none worse than what an open beam has at this length. */
  beat(logProbability: number, length: number): boolean {
    const worst = this.#kept[this.#options.num_beams - 1];
    return worst !== undefined && worst.score >= logProbability / length ** this.#options.length_penalty;
  }

  best(): Hypothesis {
    return this.#kept[0] as Hypothesis;
  }
}

/** The `count` best tokens over all beams by row score + the beam's sum, best first; never −∞ or NaN. */
function bestCandidates(rows: readonly Float32Array[], sums: readonly number[], count: number): Candidate[] {
  const best: Candidate[] = [];
  let worst = Number.NEGATIVE_INFINITY;
  for (const [beam, row] of rows.entries()) {
    const sum = sums[beam] as number;
    for (let token = 0; token < row.length; token++) {
      const score = sum + (row[token] as number);
      if (!(score > worst)) continue;
      if (best.length === count) best.pop();
      let place = best.length;
      while (place > 0 && (best[place - 1] as Candidate).score < score) place--;
      best.splice(place, 0, { beam, token, score });
      if (best.length === count) worst = (best[count - 1] as Candidate).score;
    }
  }
  return best;
}
