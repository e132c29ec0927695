// One contender of the all-reduce benchmark: this process is rank 0 and starts the others, which are this file too.
// For each line on stdin, the seconds of some all-reduces of each size.
//     tsx allreduce-ranks.ts shm '{"size": 2, "bytes": [26214400], "calls": 5, "isOwnMemory": false}'
import { fork } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { openerOf } from "../../runtime/distributed/backends.ts";
import { Collectives } from "../../runtime/distributed/collectives.ts";
import type { Backend, TransportOptions } from "../../runtime/distributed/transport.ts";

/** What a contender is started with. */
export interface AllReduceConfig {
  /** Processes. */
  readonly size: number;
  readonly bytes: readonly number[];
  /** All-reduces of each size in a step. */
  readonly calls: number;
  /** Whether the numbers lie in memory of the process's own, not in that which the backend allocates. */
  readonly isOwnMemory: boolean;
}

/** Seconds of each call, of the slowest process, by size. */
export interface AllReduceStep {
  readonly seconds: readonly (readonly number[])[];
}

const [backend = "", text = "{}", ownRank = "0"] = process.argv.slice(2);
const config = JSON.parse(text) as AllReduceConfig;
const rank = Number(ownRank);

/** What a rank leaves or asks for; rank 0 keeps it, as it is everybody's parent. */
type Note = { readonly key: string; readonly value?: string };

const noted = new Map<string, string>();
const waiting = new Map<string, ((value: string) => void)[]>();
function keep(key: string, value: string): void {
  noted.set(key, value);
  for (const tell of waiting.get(key) ?? []) tell(value);
  waiting.delete(key);
}
function whenNoted(key: string, tell: (value: string) => void): void {
  const value = noted.get(key);
  if (value !== undefined) tell(value);
  else waiting.set(key, [...(waiting.get(key) ?? []), tell]);
}

const rendezvous: TransportOptions["rendezvous"] = {
  async set(key, value) {
    if (rank === 0) keep(key, value);
    else process.send?.({ key, value } satisfies Note);
  },
  get: (key) =>
    new Promise((resolve) => {
      whenNoted(key, resolve);
      if (rank > 0) process.send?.({ key } satisfies Note);
    }),
};

if (rank === 0) {
  for (let other = 1; other < config.size; other++) {
    const child = fork(fileURLToPath(import.meta.url), [backend, text, String(other)]);
    child.on("message", ({ key, value }: Note) => {
      if (value !== undefined) keep(key, value);
      else whenNoted(key, (found) => child.send({ key, value: found } satisfies Note));
    });
  }
} else {
  process.on("message", ({ key, value = "" }: Note) => keep(key, value));
  process.once("disconnect", () => process.exit(1));
}

const transport = await openerOf(backend as Backend)({
  topology: { rank, worldSize: config.size, localRank: rank },
  rendezvous,
  device: "cpu",
  timeout: 60,
  signal: new AbortController().signal,
});
const collectives = Collectives.over(transport, { timeout: 86_400, warnAfter: 86_400, onWarning: () => {} });
const most = Math.max(...config.bytes);
const allocated = config.isOwnMemory ? new ArrayBuffer(most) : collectives.allocate(most, "numbers");
const numbers = new Float32Array(allocated).fill(1);

function step(): AllReduceStep {
  const seconds = config.bytes.map((bytes) => {
    const part = numbers.subarray(0, bytes / Float32Array.BYTES_PER_ELEMENT);
    return Array.from({ length: config.calls }, () => {
      part.fill(1); // Sums of sums would soon be too large for a float.
      collectives.barrier("start");
      const start = performance.now();
      collectives.allReduce(part, "sum", "numbers");
      const own = Float32Array.of((performance.now() - start) / 1000);
      collectives.allReduce(own, "max", "time");
      return own[0] ?? Number.NaN;
    });
  });
  return { seconds };
}

/** Whether there is another step, as rank 0 knows. */
const goesOn = (isMore: boolean): boolean => collectives.broadcastObject(isMore, 0, "goes on");

step();
if (rank === 0) {
  const version = `${backend}, Node ${process.versions.node}`;
  process.stdout.write(`${JSON.stringify({ version })}\n`);
  for await (const _ of createInterface({ input: process.stdin })) {
    goesOn(true);
    process.stdout.write(`${JSON.stringify(step())}\n`);
  }
  goesOn(false);
} else {
  while (goesOn(false)) step();
}
await collectives.close();
process.exit(0);
