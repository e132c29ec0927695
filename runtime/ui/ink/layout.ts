/** What the parts of the screen have to show. */
export interface Content {
  readonly hasCurves: boolean;
  readonly hasEvaluation: boolean;
  /** Predictions of the last evaluation, and lines of output. */
  readonly numSamples: number;
  readonly numLines: number;
  /** Lines that show each process in numbers; 0 where there is only one. */
  readonly numRankLines: number;
}

/** Lines that the parts of the screen get; 0 leaves a part out. */
export interface Layout {
  /** Whether the header has a border. */
  readonly isBordered: boolean;
  /** Blank lines between the parts: 0 or 1. */
  readonly gap: 0 | 1;
  /** Lines of the processes, with their title. */
  readonly ranks: number;
  /** Lines of a curve, without its title. */
  readonly curve: number;
  /** Whether there is room for the evaluation's metrics, and its samples. */
  readonly showsEvaluation: boolean;
  readonly samples: number;
  /** Lines of output, without the title. */
  readonly log: number;
}

/** Lines of the header without its border, of the progress, and of the keys. */
const fixedLines = 2 + 4 + 1;
const most = { ranks: 5, curve: 8, samples: 10, log: 6 } as const;

/**
 * Shares a terminal's lines out so that the screen is lower than the terminal: one that is as high is
 * repainted whole each time, which flickers. The smallest useful size of each part comes first, then the
 * border, a few samples, the gaps, and what is left goes to all in turn.
 */
export function fitLayout(rows: number, content: Content): Layout {
  let left = rows - 1 - fixedLines;
  const take = (lines: number, wanted = true): boolean => {
    if (!wanted || left < lines) return false;
    left -= lines;
    return true;
  };
  let ranks = take(1, content.numRankLines > 0) ? 1 : 0;
  let curve = take(1 + 3, content.hasCurves) ? 3 : 0;
  const showsEvaluation = take(2, content.hasEvaluation);
  let samples = take(1, showsEvaluation && content.numSamples > 0) ? 1 : 0;
  let log = take(1 + 1, content.numLines > 0) ? 1 : 0;
  if (take(1, ranks > 0)) ranks++;
  const isBordered = take(2);
  while (samples > 0 && samples < Math.min(3, content.numSamples) && take(1)) samples++;
  const numParts = [curve, showsEvaluation, log, true].filter(Boolean).length;
  const gap = take(numParts) ? 1 : 0;
  for (let before = -1; before !== left; ) {
    before = left;
    if (ranks > 0 && ranks < Math.min(most.ranks, 1 + content.numRankLines) && take(1)) ranks++;
    if (samples > 0 && samples < Math.min(most.samples, content.numSamples) && take(1)) samples++;
    if (curve > 0 && curve < most.curve && take(1)) curve++;
    if (log > 0 && log < Math.min(most.log, content.numLines) && take(1)) log++;
  }
  return { isBordered, gap, ranks, curve, showsEvaluation, samples, log };
}
