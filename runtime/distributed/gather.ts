import { customGradient, read, type Tensor, tensor } from "../tensor/index.ts";
import type { Collectives } from "./collectives.ts";

/**
 * The rows of all processes, in the order of ranks: [B, …] of each becomes [size · B, …]; no gradient passes
 * (LAVIS models/base_model.py `concat_all_gather`). What queues of negatives are filled with.
 */
export function gatherRows(processes: Collectives, x: Tensor): Tensor {
  const [rows = 1, ...rest] = x.shape;
  const all = processes.allGather(read(x), "rows of all processes");
  return tensor(x.engine, all, [processes.size * rows, ...rest], x.dtype);
}

/**
 * As {@link gatherRows}, and gradients pass: that of this process's rows is the sum of what all processes have for
 * them (LAVIS models/base_model.py `GatherLayer`). What contrastive losses over all processes' samples are made of.
 */
export function gatherRowsWithGradient(processes: Collectives, x: Tensor): Tensor {
  if (processes.size === 1) return x;
  const value = gatherRows(processes, x);
  return customGradient([x], value, (dy) => {
    const sum = processes.reduceScatter(read(dy) as Float32Array, "sum", "gradient of gathered rows");
    return [tensor(x.engine, sum, x.shape)];
  });
}
