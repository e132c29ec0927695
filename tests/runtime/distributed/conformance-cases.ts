// What the processes of conformance.ts do.
import { createHash } from "node:crypto";
import type { Reduction } from "../../../runtime/distributed/call.ts";
import type { Collectives } from "../../../runtime/distributed/collectives.ts";
import type { Failure, Member } from "./processes.ts";

/** Reproducible numbers in ±1 that differ from rank to rank and from seed to seed. */
function numbers(length: number, rank: number, seed: number): Float32Array {
  const found = new Float32Array(length);
  const start = (rank * 0x9e3779b1 + seed * 0x85ebca6b) >>> 0;
  for (let i = 0; i < length; i++) found[i] = (Math.imul(i + start, 0x9e3779b1) >>> 8) / 2 ** 23 - 1;
  return found;
}

function someBytes(length: number, rank: number): Uint8Array {
  const found = new Uint8Array(length);
  for (let i = 0; i < length; i++) found[i] = 31 * i + 7 * rank + 1;
  return found;
}

const bufferOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

const digest = (data: ArrayBufferView): string =>
  createHash("sha256").update(bufferOf(data)).digest("hex").slice(0, 16);

/** How far `found` is off what all ranks' numbers give in float64, in units of what float32 may be off. */
function worstError(found: Float32Array, size: number, seed: number, reduction: Reduction, from = 0): number {
  const inputs = Array.from({ length: size }, (_, rank) => numbers(from + found.length, rank, seed));
  // One rounding for each addition, and for the factor of a mean and its product.
  const unit = (size + 1) * 2 ** -24;
  let worst = 0;
  for (let i = 0; i < found.length; i++) {
    let sum = 0;
    let magnitude = 0;
    let largest = Number.NEGATIVE_INFINITY;
    for (const input of inputs) {
      const x = input[from + i] as number;
      sum += x;
      magnitude += Math.abs(x);
      largest = Math.max(largest, x);
    }
    const factor = reduction === "mean" ? 1 / size : 1;
    const got = found[i] as number;
    const off =
      reduction === "max"
        ? Math.abs(got - largest)
        : Math.abs(got - sum * factor) / (magnitude * factor + 1e-30);
    // A number that is not one is as wrong as can be, and no maximum.
    worst = Number.isNaN(off) ? Number.POSITIVE_INFINITY : Math.max(worst, off / unit);
  }
  return worst;
}

/** Where the numbers of a call lie. */
export type Place = "own memory" | "allocated memory" | "allocated memory, unaligned";

function placed(collectives: Collectives, data: Float32Array, place: Place, tag: string): Float32Array {
  if (place === "own memory") return data;
  // An odd number of floats off the beginning, with some behind that nobody may touch.
  const offset = place === "allocated memory" ? 0 : 3;
  const memory = new Float32Array(collectives.allocate(data.byteLength + 4 * (offset + 5), tag));
  memory.fill(7);
  memory.set(data, offset);
  return memory.subarray(offset, offset + data.length);
}

export interface Reduced {
  readonly what: string;
  readonly error: number;
  readonly digest: string;
  /** Whether numbers around those of the call are what they were. */
  readonly isContained: boolean;
}

export async function allReduce(
  member: Member,
  { lengths, places }: { lengths: readonly number[]; places: readonly Place[] },
): Promise<Reduced[]> {
  const collectives = await member.join();
  const found: Reduced[] = [];
  let seed = 0;
  for (const place of places) {
    for (const reduction of ["sum", "mean", "max"] as const) {
      for (const length of lengths) {
        const what = `${reduction} of ${length} numbers in ${place}`;
        const data = placed(collectives, numbers(length, member.rank, ++seed), place, what);
        collectives.allReduce(data, reduction, what);
        const around = new Float32Array(data.buffer);
        const first = data.byteOffset / 4;
        const others = [...around.subarray(0, first), ...around.subarray(first + length, first + length + 5)];
        found.push({
          what,
          error: worstError(data, member.size, seed, reduction),
          digest: digest(data),
          isContained: others.every((x) => x === 7),
        });
      }
    }
  }
  return found;
}

export async function reduceScatter(member: Member, { lengths }: { lengths: readonly number[] }) {
  const collectives = await member.join();
  const { rank, size } = member;
  return lengths.flatMap((length, index) =>
    (["sum", "mean", "max"] as const).map((reduction) => {
      const what = `${reduction} of ${length} numbers a rank`;
      const part = collectives.reduceScatter(numbers(length * size, rank, index), reduction, what);
      return {
        what,
        length: part.length - length,
        error: worstError(part, size, index, reduction, rank * length),
      };
    }),
  );
}

/** Infinities, what is no number, and what float32 cannot hold. */
export async function extremes(member: Member): Promise<{ sum: string[]; max: string[] }> {
  const collectives = await member.join();
  const { rank, size } = member;
  const infinite = rank === 0 ? Number.POSITIVE_INFINITY : 2;
  const sum = Float32Array.of(rank === size - 1 ? Number.NaN : 1, infinite, -3e38);
  collectives.allReduce(sum, "sum", "sum of extremes");
  const max = Float32Array.of(infinite, Number.NEGATIVE_INFINITY, rank === 0 ? -3e38 : -3.1e38);
  collectives.allReduce(max, "max", "maximum of extremes");
  return { sum: [...sum].map(String), max: [...max].map(String) };
}

export async function broadcast(member: Member, { lengths }: { lengths: readonly number[] }) {
  const collectives = await member.join();
  const found: { what: string; isRight: boolean }[] = [];
  for (const length of lengths) {
    for (let root = 0; root < member.size; root++) {
      const what = `${length} bytes from rank ${root}`;
      // One byte off the beginning: nothing says that data is aligned.
      const memory = new Uint8Array(length + 2);
      const data = memory.subarray(1, 1 + length);
      data.set(someBytes(length, member.rank));
      collectives.broadcast(data, root, what);
      const isContained = memory[0] === 0 && memory.at(-1) === 0;
      found.push({ what, isRight: isContained && Buffer.compare(data, someBytes(length, root)) === 0 });
    }
  }
  const shared = new Int32Array(collectives.allocate(4 * 1000, "shared"));
  shared.fill(member.rank + 1);
  collectives.broadcast(shared, member.size - 1, "allocated memory");
  found.push({ what: "allocated memory", isRight: shared.every((x) => x === member.size) });
  return found;
}

export async function allGather(member: Member, { lengths }: { lengths: readonly number[] }) {
  const collectives = await member.join();
  return lengths.flatMap((length) => {
    const floats = collectives.allGather(numbers(length, member.rank, 1), `${length} floats`);
    const bytes = collectives.allGather(someBytes(length, member.rank), `${length} bytes`);
    const isRight = (found: ArrayBufferView, of: (rank: number) => ArrayBufferView): boolean => {
      const all = Array.from({ length: member.size }, (_, rank) => bufferOf(of(rank)));
      return Buffer.compare(bufferOf(found), Buffer.concat(all)) === 0;
    };
    return [
      { what: `${length} floats`, isRight: isRight(floats, (rank) => numbers(length, rank, 1)) },
      { what: `${length} bytes`, isRight: isRight(bytes, (rank) => someBytes(length, rank)) },
    ];
  });
}

export async function objects(member: Member) {
  const collectives = await member.join();
  const { rank, size } = member;
  const gathered = collectives.gatherObjects(
    { rank, text: "ü".repeat(10 * rank), at: new Date(rank) },
    "things",
  );
  const given = collectives.broadcastObject(
    rank === size - 1 ? { hash: "abc" } : undefined,
    size - 1,
    "recipe",
  );
  return {
    ranks: gathered.map((one) => one.rank),
    lengths: gathered.map(({ text }) => text.length),
    times: gathered.map(({ at }) => at.getTime()),
    given,
  };
}

/** Nobody leaves a barrier before all have come: the last comes late. */
export async function barrier(member: Member): Promise<{ came: number; left: number }> {
  const collectives = await member.join();
  collectives.barrier("start");
  if (member.rank === member.size - 1) sleep(300);
  const came = Date.now();
  collectives.barrier("end of epoch");
  return { came, left: Date.now() };
}

/** Calls that go on while this thread computes, waited for last first. */
export async function background(member: Member, { length, calls }: { length: number; calls: number }) {
  const collectives = await member.join();
  const { rank, size } = member;
  const memory = collectives.allocate(4 * length * calls, "gradients");
  const buckets = Array.from({ length: calls }, (_, i) => {
    const bucket = new Float32Array(memory, 4 * length * i, length);
    bucket.set(numbers(length, rank, i));
    return bucket;
  });
  const own = numbers(length, rank, calls);
  const works = buckets.map((bucket, i) => collectives.startAllReduce(bucket, "mean", `gradients ${i}`));
  works.push(collectives.startAllReduce(own, "sum", "loss"));
  for (const work of works.reverse()) work.wait();
  return [
    ...buckets.map((bucket, i) => worstError(bucket, size, i, "mean")),
    worstError(own, size, calls, "sum"),
  ];
}

/** Calls in a row, many and small. */
export async function manyCalls(member: Member, { calls }: { calls: number }): Promise<number> {
  const collectives = await member.join();
  let total = 0;
  for (let i = 0; i < calls; i++) {
    const data = Float32Array.of(i + member.rank);
    collectives.allReduce(data, "sum", `call ${i}`);
    total += data[0] as number;
  }
  return total;
}

/** What each rank is in while rank 0 is in a sum of three numbers. */
const others = {
  "another kind": (collectives: Collectives) => collectives.barrier("end of epoch"),
  "another length": (collectives: Collectives) =>
    collectives.allReduce(new Float32Array(4), "sum", "gradients"),
  "another tag": (collectives: Collectives) => collectives.allReduce(new Float32Array(3), "sum", "loss"),
  "another reduction": (collectives: Collectives) =>
    collectives.allReduce(new Float32Array(3), "max", "gradients"),
  "an allocation": (collectives: Collectives) => void collectives.allocate(12, "gradients"),
} as const;

export type OutOfStep = keyof typeof others;

export async function outOfStep(
  member: Member,
  { how }: { how: OutOfStep },
): Promise<(Failure | undefined)[]> {
  const collectives = await member.join();
  collectives.barrier("start");
  const first = member.attempt(() => {
    if (member.rank > 0) others[how](collectives);
    else collectives.allReduce(new Float32Array(3), "sum", "gradients");
  });
  return [first, member.attempt(() => collectives.barrier("after it"))];
}

/** How a process leaves the others alone. */
export type Departure = "killed" | "thrown" | "closed" | "aborted";

/** Rank 1 comes to no second call; `isLate`: the others come to it only when rank 1 is gone. */
export async function departed(
  member: Member,
  { how, isLate }: { how: Departure; isLate: boolean },
): Promise<(Failure | undefined)[]> {
  const collectives = await member.join();
  collectives.barrier("start");
  if (member.rank === 1) {
    if (!isLate) sleep(200); // The others are in the call by then.
    member.report("leaving");
    if (how === "aborted") collectives.abort("rank 1 has no memory left");
    if (how === "thrown") throw new Error("no luck today");
    if (how === "killed" || how === "aborted") sleep(60_000);
    return [];
  }
  if (isLate) sleep(1000);
  const data = new Float32Array(1000);
  const first = member.attempt(() => collectives.allReduce(data, "sum", "gradients"));
  member.report("noticed");
  return [first, member.attempt(() => collectives.barrier("after it"))];
}

/** Large calls without end: whoever is killed, is in the midst of one. */
export async function endless(member: Member): Promise<Failure | undefined> {
  const collectives = await member.join();
  const memory = new Float32Array(collectives.allocate(4e6, "gradients"));
  return member.attempt(() => {
    for (let i = 0; ; i++) {
      collectives.allReduce(memory, "mean", "gradients");
      if (i === 3) member.report("running");
    }
  });
}

/** Rank 1 reports, and goes on to the call when it can; it may be stopped meanwhile. */
export async function late(member: Member, { seconds }: { seconds: number }): Promise<Failure | undefined> {
  const collectives = await member.join();
  collectives.barrier("start");
  if (member.rank === 1) {
    member.report("late");
    sleep(1000 * seconds);
  }
  const failure = member.attempt(() => collectives.allReduce(new Float32Array(1000), "sum", "gradients"));
  member.report("over");
  return failure;
}

/** Two groups of the same processes at once, whose calls cross. */
export async function twoGroups(member: Member): Promise<number[]> {
  const one = await member.join("one");
  const other = await member.join("other");
  const a = Float32Array.of(member.rank);
  const b = Float32Array.of(10 * member.rank);
  const works = [() => one.startAllReduce(a, "sum", "a"), () => other.startAllReduce(b, "sum", "b")];
  if (member.rank > 0) works.reverse();
  for (const work of works.map((start) => start())) work.wait();
  other.barrier("end");
  return [a[0] as number, b[0] as number];
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
