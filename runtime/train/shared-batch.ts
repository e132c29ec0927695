import type { Collectives } from "../distributed/collectives.ts";
import { UserError } from "../errors.ts";
import { type Sharing, unshared } from "../loader/order.ts";
import type { RunOptions } from "../recipe.ts";

/** A batch that the processes of a job share out among them. */
export interface SharedBatch {
  /** Samples of the whole batch. */
  readonly samples: number;
  /** This process's share, and in how many parts it takes that. */
  readonly sharing: Sharing;
}

/** What a checkpoint says of the batches of its run. */
export interface BatchState {
  readonly samples: number;
  /** `run.batch_size_train`. */
  readonly perProcess: number;
}

/**
 * The batch of a training step: `batch_size_train` samples for each. A run that goes on with
 * another number of processes keeps the batch that it had, so that steps, order of samples and learning rates stay:
 * each process takes a larger share, in parts that are no larger than `batch_size_train` (by a row, where the batch
 * does not divide), or a smaller one.
 *
 * @throws UserError where there are more processes than samples
 */
export function trainingBatch(
  { batch_size_train: perProcess }: RunOptions,
  { rank, size }: Pick<Collectives, "rank" | "size">,
  before: BatchState | null,
): SharedBatch {
  const isResized = before !== null && before.perProcess === perProcess;
  const samples = isResized ? before.samples : perProcess * size;
  if (samples < size) {
    throw new UserError(
      `the checkpoint's run has batches of ${samples} samples, which ${size} processes cannot share`,
      `go on with at most ${samples} processes`,
    );
  }
  const wanted = Math.ceil(Math.ceil(samples / size) / perProcess);
  // Every process takes as many parts as the others, and none without a row.
  return { samples, sharing: { rank, size, parts: Math.min(wanted, Math.floor(samples / size)) } };
}

/** The batch of an evaluation step: shared out, or whole in each process (`use_dist_eval_sampler = false`). */
export function evaluationBatch(
  { batch_size_eval: perProcess, use_dist_eval_sampler }: RunOptions,
  { rank, size }: Pick<Collectives, "rank" | "size">,
): SharedBatch {
  if (!use_dist_eval_sampler) return { samples: perProcess, sharing: unshared };
  return { samples: perProcess * size, sharing: { rank, size, parts: 1 } };
}
