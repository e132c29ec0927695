import { UserError } from "../errors.ts";
import { assign, lend, type Tensor, wrap } from "../tensor/index.ts";
import type { Collectives } from "./collectives.ts";

/**
 * Gives every process the tensors of rank 0, by name.
 * @throws UserError where a process has others, by name, shape or type
 */
export function broadcastTensors(
  processes: Collectives,
  tensors: ReadonlyMap<string, Tensor>,
  what: string,
): void {
  if (processes.size === 1) return;
  const own = Array.from(tensors, ([name, { dtype, shape }]) => `${name} ${dtype} [${shape.join(", ")}]`);
  requireSame(processes, own, what);
  for (const [name, tensor] of tensors) {
    const data = lend(tensor, (elements) => elements.slice());
    processes.broadcast(data, 0, name);
    if (processes.rank > 0) assign(tensor, wrap(tensor.engine, data, tensor.shape));
  }
}

/** @throws UserError in every process where a list of texts is not the same in all */
export function requireSame(processes: Collectives, own: readonly string[], what: string): void {
  const all = processes.gatherObjects(own, `comparing ${what}`);
  const first = all[0] as readonly string[];
  for (const [rank, theirs] of all.entries()) {
    const at = Math.max(first.length, theirs.length);
    for (let index = 0; index < at; index++) {
      if (first[index] === theirs[index]) continue;
      throw new UserError(
        `the processes differ in ${what}: rank 0 has ${first[index] ?? "nothing"}, rank ${rank} has ${theirs[index] ?? "nothing"}`,
        "start all of them from one build of the recipe, with the same flags and the same engine",
      );
    }
  }
}

/** The largest of a number that each process has, an integer below 2²⁴; for what must be of one size in all. */
export function largest(processes: Collectives | undefined, value: number, tag: string): number {
  if (processes === undefined || processes.size === 1) return value;
  const numbers = Float32Array.of(value);
  processes.allReduce(numbers, "max", tag);
  return numbers[0] as number;
}
