import type { Collectives } from "../distributed/collectives.ts";
import type { GradientReducer } from "../distributed/reducer.ts";
import { addInPlace, grad, type Tensor } from "../tensor/index.ts";

/** The processes of a job in training. */
export interface Group {
  readonly processes: Collectives;
  /** Sums the gradients of the parameters, in their order. */
  readonly reducer: GradientReducer;
}

/** Gradients summed so far, in the order of the parameters; null for one that no loss used. */
export type GradientSums = readonly (Tensor | null)[];

/** The sums with the gradients of one more loss. */
export function addGradients(loss: Tensor, parameters: readonly Tensor[], sums: GradientSums): GradientSums {
  return grad(loss, parameters).map((gradient, index) => plus(sums[index] ?? null, gradient));
}

/**
 * The sums with the gradients of the last loss of a step, over all processes: each goes on its way as soon as it is
 * final. Null where no process has a gradient.
 */
export function addLastGradients(
  loss: Tensor,
  parameters: readonly Tensor[],
  sums: GradientSums,
  { processes, reducer }: Group,
): GradientSums {
  const isUsed = new Uint8Array(parameters.length);
  const send = (index: number, sum: Tensor): void => {
    isUsed[index] = 1;
    reducer.add(index, sum);
    sum.dispose();
  };
  grad(loss, parameters, (index, gradient) => send(index, plus(sums[index] ?? null, gradient)));
  for (const index of parameters.keys()) {
    if (isUsed[index] === 1) continue;
    const sum = sums[index] ?? null;
    if (sum === null) reducer.skip(index);
    else send(index, sum);
  }
  const byRank = processes.allGather(isUsed, "used parameters");
  return reducer.take((index) => {
    for (let at = index; at < byRank.length; at += parameters.length) if (byRank[at] === 1) return true;
    return false;
  });
}

function plus<T extends Tensor | null>(sum: Tensor | null, gradient: T): Tensor | T {
  if (sum === null) return gradient;
  if (gradient === null) return sum;
  addInPlace([sum], [gradient]);
  gradient.dispose();
  return sum;
}
