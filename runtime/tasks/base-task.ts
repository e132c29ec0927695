import type { Dataset } from "../datasets/dataset.ts";
import type { Batch, Model } from "../models/model.ts";
import type { Key } from "../tensor/index.ts";
import type { Baseline, Evaluation, SampleResult, Selection, Task } from "./task.ts";

/**
 * What a task of one's own starts from: it takes every split, keeps every result, compares with no baseline and
 * shows no samples (LAVIS tasks/base_task.py). With a `selection` its metric picks the best checkpoint.
 */
export abstract class BaseTask<D extends Model = Model, R = unknown, M extends string = string>
  implements Task<D, R, M>
{
  abstract readonly name: string;
  readonly selection: Selection<M> | undefined = undefined;

  check(_dataset: Dataset): void {}

  abstract validStep(model: D, batch: Batch, keys: readonly Key[]): R[];

  merge(parts: readonly (readonly R[])[]): R[] {
    return parts.flat();
  }

  abstract evaluate(results: readonly R[], dataset: Dataset): Evaluation<M> | undefined;

  baseline(_dataset: Dataset): Baseline | undefined {
    return undefined;
  }

  samples(_results: readonly R[], _dataset: Dataset, _count: number): SampleResult[] {
    return [];
  }
}
