import type { Call, Reduction } from "../call.ts";
import type { CallMemory } from "../transport.ts";

/** A stretch of memory that comes in from the process before. */
export interface Inward {
  readonly memory: Uint8Array;
  /** How it meets what is there: it replaces it, or is joined with it. */
  readonly join: "copy" | Reduction;
}

/**
 * What one process sends to the next of the ring and receives from the one before, in this order. Of what it sends,
 * the first `ready` bytes are there from the beginning; the rest are the bytes that it receives, in the same order:
 * byte `ready` + i may go out once byte i has come in.
 */
export interface Plan {
  readonly outward: readonly Uint8Array[];
  readonly inward: readonly Inward[];
  readonly ready: number;
}

/** The part of a call that falls to `rank`. Copies within its own memory are made at once. */
export function planCall(call: Call, { data, output }: CallMemory, rank: number, size: number): Plan {
  switch (call.kind) {
    case "allReduce":
      return planAllReduce(data, call.reduction ?? "sum", rank, size);
    case "reduceScatter":
      return planReduceScatter(data, required(output), call.reduction ?? "sum", rank, size);
    case "allGather":
      return planAllGather(data, required(output), rank, size);
    case "broadcast":
      return planBroadcast(data, call.root ?? 0, rank, size);
    case "barrier":
    case "allocate":
      return { outward: [], inward: [], ready: 0 };
  }
}

function required(output: Uint8Array | undefined): Uint8Array {
  if (output === undefined) throw new Error("the call has no memory for its result");
  return output;
}

/**
 * The ring all-reduce (Patarasuk and Yuan 2009, "Bandwidth optimal all-reduce algorithms"): slice s starts at rank s
 * and is summed on its way around to rank s − 1, which has it whole; then whole slices go around once more. Every
 * slice is summed by one chain of processes, so that all get the same bits.
 */
function planAllReduce(data: Uint8Array, reduction: Reduction, rank: number, size: number): Plan {
  const slice = (number: number) => sliceOf(data, modulo(number, size), size);
  const outward: Uint8Array[] = [];
  const inward: Inward[] = [];
  for (let step = 0; step < 2 * (size - 1); step++) {
    outward.push(slice(rank - step));
    inward.push({ memory: slice(rank - step - 1), join: joinAt(step, reduction, size) });
  }
  return { outward, inward, ready: outward[0]?.byteLength ?? 0 };
}

/** The first half of an all-reduce, one slice further on: slice s ends at rank s, and as `output`. */
function planReduceScatter(
  data: Uint8Array,
  output: Uint8Array,
  reduction: Reduction,
  rank: number,
  size: number,
): Plan {
  const part = data.byteLength / size;
  const slice = (number: number) => {
    const start = modulo(number, size) * part;
    return data.subarray(start, start + part);
  };
  output.set(slice(rank));
  const outward: Uint8Array[] = [];
  const inward: Inward[] = [];
  for (let step = 0; step < size - 1; step++) {
    const memory = step < size - 2 ? slice(rank - step - 2) : output;
    outward.push(slice(rank - step - 1));
    inward.push({ memory, join: joinAt(step, reduction, size) });
  }
  return { outward, inward, ready: outward[0]?.byteLength ?? 0 };
}

function planAllGather(data: Uint8Array, output: Uint8Array, rank: number, size: number): Plan {
  const length = data.byteLength;
  const part = (number: number) => {
    const start = modulo(number, size) * length;
    return output.subarray(start, start + length);
  };
  part(rank).set(data);
  const outward: Uint8Array[] = [];
  const inward: Inward[] = [];
  for (let step = 0; step < size - 1; step++) {
    outward.push(part(rank - step));
    inward.push({ memory: part(rank - step - 1), join: "copy" });
  }
  return { outward, inward, ready: outward[0]?.byteLength ?? 0 };
}

/** From the root all the way round to the one before it. */
function planBroadcast(data: Uint8Array, root: number, rank: number, size: number): Plan {
  const isLast = modulo(rank + 1, size) === root;
  return {
    outward: isLast ? [] : [data],
    inward: rank === root ? [] : [{ memory: data, join: "copy" }],
    ready: rank === root && !isLast ? data.byteLength : 0,
  };
}

/** The sum of a mean is divided where it is complete: in the last of the summing steps. */
function joinAt(step: number, reduction: Reduction, size: number): Inward["join"] {
  if (step > size - 2) return "copy";
  return reduction === "mean" && step < size - 2 ? "sum" : reduction;
}

/** One of `size` stretches of whole float32, as alike as can be. */
function sliceOf(data: Uint8Array, number: number, size: number): Uint8Array {
  const numbers = data.byteLength / 4;
  const start = Math.floor((number * numbers) / size);
  const end = Math.floor(((number + 1) * numbers) / size);
  return data.subarray(4 * start, 4 * end);
}

function modulo(number: number, size: number): number {
  return ((number % size) + size) % size;
}
