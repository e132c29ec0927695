import type { Dataset } from "../datasets/dataset.ts";
import type { Batch, Model } from "../models/model.ts";
import type { Key } from "../tensor/index.ts";

/** The metric that picks the best checkpoint, and which way is better. */
export interface Selection<M extends string = string> {
  readonly metric: M;
  readonly direction: "higher" | "lower";
}

/** What an evaluation of a split says. */
export interface Evaluation<M extends string = string> {
  readonly metrics: Readonly<Record<M, number>>;
  /** How many images were scored, and how many of the split have no result (unreadable pictures). */
  readonly scored: number;
  readonly unscored: number;
}

/**
 * What a run trains for: how a batch of an evaluation becomes results, and how these are scored.
 * `R` is one result as it is written to the run's folder, `D` a model that can do the task.
 */
export interface Task<D extends Model = Model, R = unknown, M extends string = string> {
  readonly name: string;
  /** Undefined where the task only writes its results: then the last checkpoint is the best. */
  readonly selection: Selection<M> | undefined;
  /** What of a split is evaluated; all of it where the task does not choose. @throws UserError where that is nothing */
  narrow?(dataset: Dataset): Dataset;
  /** Fails early where a split cannot be scored. @throws UserError */
  check(dataset: Dataset): void;
  /**
   * The results of one batch, in its order; evaluation mode, no gradients. What is drawn for a sample is drawn with
   * its key of `keys`, one for each: these follow from the seed and the sample's place in the split alone.
   */
  validStep(model: D, batch: Batch, keys: readonly Key[]): R[];
  /** Results of a whole split with those of an image seen twice (a padded last batch) left out. */
  merge(parts: readonly (readonly R[])[]): R[];
  /** The scores of a split; undefined where nothing is to be scored. @throws UserError */
  evaluate(results: readonly R[], dataset: Dataset): Evaluation<M> | undefined;
  /** The score of an answer that ignores the input, to compare a test with; undefined where none is wanted. */
  baseline(dataset: Dataset): Baseline | undefined;
  /** A few results beside what people wrote, for people to read. */
  samples(results: readonly R[], dataset: Dataset, count: number): SampleResult[];
}

/** The best that one constant answer gets. */
export interface Baseline {
  readonly prediction: string;
  readonly metric: string;
  readonly value: number;
}

export interface SampleResult {
  readonly id: string;
  readonly prediction: string;
  readonly references: readonly string[];
}

/** Where the results of a split are written in the run's folder (LAVIS: `result/val_epoch3.json`). */
export function resultFile(split: string, epoch: number | "best" | "last" | "loaded"): string {
  return `result/${split}_epoch${epoch}.json`;
}

/** Whether a metric's value beats the best so far; NaN never does. */
export function isBetter({ direction }: Selection, value: number, best: number | undefined): boolean {
  if (Number.isNaN(value)) return false;
  if (best === undefined) return true;
  return direction === "higher" ? value > best : value < best;
}
