import { mixture } from "./mixture.ts";
import { batchesPerPass, passOrder } from "./order.ts";

/** Samples that follow each other in a dataset, and the share of the rows that they get. */
export interface Source {
  /** What they are called in messages. */
  readonly name: string;
  readonly samples: number;
  /** Above 0; those of all sources sum to 1. */
  readonly share: number;
}

/** Where a row stands in a pass over the samples that it is one of. */
export interface Turn {
  /** What these samples are called in messages. */
  readonly name: string;
  /** How many times all of them had their turn before. */
  readonly pass: number;
  /** Their indices, in the order of this pass. */
  readonly order: Uint32Array;
  readonly place: number;
}

/** Which sample is in a row of a batch; follows from both numbers alone. */
export type Sequence = (batch: number, row: number) => Turn;

interface Samples {
  readonly name: string;
  readonly length: number;
}

/** One pass after the other; in training each of whole batches, and the samples that fill none are left out of it. */
export function inPasses(
  { name, length }: Samples,
  batchSize: number,
  { seed, training }: { readonly seed: number; readonly training: boolean },
): Sequence {
  const perPass = batchesPerPass(length, batchSize, training);
  const orderOf = keepingLast((pass) => passOrder(length, { seed, pass, shuffle: training }));
  return (batch, row) => {
    const pass = Math.floor(batch / perPass);
    return { name, pass, order: orderOf(pass), place: (batch % perPass) * batchSize + row };
  };
}

/**
 * Rows of several sources by their shares. Each source goes through its own passes, every sample once before any comes
 * again, whatever batches and epochs end meanwhile: a small source has several in one epoch, a large one goes on in the
 * next.
 */
export function mixed(sources: readonly Source[], batchSize: number, seed: number): Sequence {
  const draw = mixture(sources.map(({ share }) => share));
  let first = 0;
  const orders = sources.map(({ samples }) => {
    const start = first;
    first += samples;
    return keepingLast((pass) => passOrder(samples, { seed, pass, shuffle: true, first: start }));
  });
  return (batch, row) => {
    const { source, number } = draw(batch * batchSize + row);
    const { name, samples } = sources[source]!;
    const pass = Math.floor(number / samples);
    return { name, pass, order: orders[source]!(pass), place: number % samples };
  };
}

/** Makes the order of a pass when it is asked for; the last one is kept, which serves a run of batches. */
function keepingLast(make: (pass: number) => Uint32Array): (pass: number) => Uint32Array {
  let last: { readonly pass: number; readonly order: Uint32Array } | undefined;
  return (pass) => {
    if (last?.pass !== pass) last = { pass, order: make(pass) };
    return last.order;
  };
}
