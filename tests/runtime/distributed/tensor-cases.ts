// What the processes of tensors.test.ts do.
import type { Collectives } from "../../../runtime/distributed/collectives.ts";
import { gatherRows, gatherRowsWithGradient } from "../../../runtime/distributed/gather.ts";
import { GradientReducer } from "../../../runtime/distributed/reducer.ts";
import { broadcastTensors, largest } from "../../../runtime/distributed/synchronise.ts";
import { type EngineName, openEngine } from "../../../runtime/engine/open.ts";
import {
  add,
  crossEntropy,
  type Engine,
  grad,
  matmul,
  mul,
  parameter,
  read,
  scope,
  sum,
  type Tensor,
  tensor,
} from "../../../runtime/tensor/index.ts";
import type { Failure, Member } from "./processes.ts";

const listOf = (x: Tensor): number[] => [...read(x)];

/** Reproducible numbers in ±1. */
const numbers = (length: number, seed: number): number[] =>
  Array.from({ length }, (_, i) => Math.sin(i * 12.9898 + seed * 78.233));

async function onEngine<T>(name: EngineName, body: (engine: Engine) => T): Promise<T> {
  const { engine } = await openEngine(name, { threads: 1 });
  try {
    return scope(engine, () => body(engine));
  } finally {
    engine.dispose();
  }
}

/** The lengths of four parameters, of which a bucket holds two. */
export const lengths = [2, 3, 40, 5];
const buckets = { first: 192, others: 192 };

/**
 * The sums of the gradients of two steps: every rank uses the first and the last parameter, only rank 0 the third, and
 * none the second. Rank r's gradient of x in step s is 2 s (r + 1) x.
 */
export async function reduce({ rank, join }: Member, { engine: name }: { engine: EngineName }) {
  const processes = await join();
  return onEngine(name, (engine) => {
    const made = lengths.map((length, index) => parameter(tensor(engine, numbers(length, index), [length])));
    const [a, , c, d] = made as [Tensor, Tensor, Tensor, Tensor];
    const reducer = new GradientReducer(processes, engine, made, buckets);
    return [1, 2].map((step) => {
      const losses = (rank === 0 ? [a, c, d] : [a, d]).map((x) => sum(mul(mul(x, x), step * (rank + 1))));
      const seen = new Set<number>();
      grad(losses.reduce(add), made, (index, gradient) => {
        seen.add(index);
        reducer.add(index, gradient);
      });
      for (const index of made.keys()) if (!seen.has(index)) reducer.skip(index);
      const sums = reducer.take((index) => index !== 1);
      return sums.map((gradient) => (gradient === null ? null : listOf(gradient)));
    });
  });
}

const [rows, width, features] = [3, 4, 5];

/** A loss that tells each row's features from those of all rows, and its gradient with respect to `weight`. */
function contrast(
  weight: Tensor,
  x: Tensor,
  first: number,
  gathered: (x: Tensor) => Tensor,
): { loss: number; gradient: number[] } {
  const own = matmul(x, weight);
  const logits = matmul(own, gathered(own), { transposeB: true });
  const targets = Int32Array.from({ length: x.shape[0] ?? 0 }, (_, row) => first + row);
  const loss = crossEntropy(logits, tensor(x.engine, targets, [targets.length]));
  const [gradient] = grad(loss, [weight]);
  if (!gradient) throw new Error("the loss does not use the weight");
  return { loss: (read(loss) as Float32Array)[0] as number, gradient: listOf(gradient) };
}

/** The mean loss and gradient of processes that gather each other's features, beside those of one with all rows. */
export async function contrastive({ rank, size, join }: Member, { engine: name }: { engine: EngineName }) {
  const processes = await join();
  return onEngine(name, (engine) => {
    const all = numbers(size * rows * width, 1);
    const weight = parameter(tensor(engine, numbers(width * features, 2), [width, features]));
    const part = tensor(engine, all.slice(rank * rows * width, (rank + 1) * rows * width), [rows, width]);
    const own = contrast(weight, part, rank * rows, (x) => gatherRowsWithGradient(processes, x));
    const mean = Float32Array.of(own.loss, ...own.gradient);
    processes.allReduce(mean, "mean", "loss and gradient");
    const whole = contrast(weight, tensor(engine, all, [size * rows, width]), 0, (x) => x);
    return { shared: [...mean], whole: [whole.loss, ...whole.gradient] };
  });
}

/** Rows of all ranks, the largest number, and what becomes of tensors that differ. */
export async function exchange({ rank, join, attempt }: Member, { engine: name }: { engine: EngineName }) {
  const processes: Collectives = await join();
  return onEngine(name, (engine) => {
    const ids = tensor(engine, Int32Array.of(rank, rank + 10), [2, 1]);
    const queue = listOf(gatherRows(processes, ids));
    const weights = new Map([
      ["weight", tensor(engine, [rank, rank + 0.5], [2])],
      ["ids", tensor(engine, Int32Array.of(rank), [1])],
    ]);
    broadcastTensors(processes, weights, "parameters");
    const most = largest(processes, 7 - rank, "length");
    const broadcast = Array.from(weights.values(), listOf);
    const unlike = new Map([["weight", tensor(engine, numbers(rank + 1, 0), [rank + 1])]]);
    const failure: Failure | undefined = attempt(() => broadcastTensors(processes, unlike, "parameters"));
    return { queue, most, broadcast, message: failure?.message };
  });
}
