// What the processes of tensor-buckets.test.ts do.
import { type Buckets, openBuckets } from "../../../../runtime/distributed/buckets.ts";
import { TensorBuckets } from "../../../../runtime/distributed/c10d/tensor-buckets.ts";
import { openEngine } from "../../../../runtime/engine/open.ts";
import {
  add,
  type Engine,
  parameter,
  read,
  scaleInPlace,
  scope,
  type Tensor,
  tensor,
} from "../../../../runtime/tensor/index.ts";
import type { Member } from "../processes.ts";

const listOf = (x: Tensor): number[] => [...read(x)];

/** Two buckets, of which the first holds a matrix and a vector, summed twice. */
function sums(buckets: Buckets, engine: Engine, rank: number): number[][] {
  return [1, 2].flatMap((step) =>
    scope(engine, () => {
      const factor = step * (rank + 1);
      const matrix = tensor(
        engine,
        [1, 2, 3, 4, 5, 6].map((x) => x * factor),
        [2, 3],
      );
      // Computed from a parameter: a gradient may have a history.
      const vector = add(parameter(tensor(engine, [10, 20], [2])), factor);
      buckets.put(0, 0, matrix);
      buckets.put(0, 16, vector);
      buckets.put(1, 0, vector);
      if (rank === 0) buckets.clear(1, 1, 1);
      for (const work of [0, 1].map((bucket) => buckets.startSum(bucket, `bucket ${bucket}`))) work.wait();
      const taken = [buckets.take(0, 0, [3, 2]), buckets.take(0, 16, [2]), buckets.take(1, 0, [2])];
      const found = taken.map(listOf);
      // What is taken may be changed; where it is the bucket's own memory, so is what is taken again.
      scaleInPlace(taken, 10);
      const isCopy = !(buckets instanceof TensorBuckets);
      return isCopy ? found : [...found, listOf(buckets.take(0, 16, [2]))];
    }),
  );
}

/** What buckets on the device and in main memory give, and which of them each engine gets. */
export async function compare({ rank, join }: Member) {
  const processes = await join();
  const [torch, wasm] = [
    (await openEngine("torch", { threads: 1 })).engine,
    (await openEngine("wasm", { threads: 1 })).engine,
  ];
  const [onDevice, inMemory] = [torch, wasm].map((engine) => openBuckets(processes, engine, [32, 16])) as [
    Buckets,
    Buckets,
  ];
  const kinds = [onDevice, inMemory].map((buckets) => buckets instanceof TensorBuckets);
  const found = [sums(onDevice, torch, rank), sums(inMemory, wasm, rank)];
  torch.dispose();
  wasm.dispose();
  return { kinds, found };
}
