import { CollectiveError } from "./errors.ts";

/** How all-reduce and reduce-scatter join numbers; `mean` divides the sum by the number of processes. */
export type Reduction = "sum" | "mean" | "max";

/** What processes do together. */
export type CallKind = "allReduce" | "broadcast" | "allGather" | "reduceScatter" | "barrier" | "allocate";

/** One collective call, as each process states it: all of them must state the same. */
export interface Call {
  readonly kind: CallKind;
  /** Which call of the group it is, from 1: every process makes the same calls in the same order. */
  readonly sequence: number;
  /** What it is for, in words that a person who reads an error understands: `gradients 3`. */
  readonly tag: string;
  /** Bytes that this process puts in. */
  readonly bytes: number;
  readonly reduction?: Reduction;
  /** The process whose data a broadcast sends. */
  readonly root?: number;
}

const titles: Readonly<Record<CallKind, string>> = {
  allReduce: "all-reduce",
  broadcast: "broadcast",
  allGather: "all-gather",
  reduceScatter: "reduce-scatter",
  barrier: "barrier",
  allocate: "allocation",
};

/** A call in words: `all-reduce (mean) of 1048576 bytes for "gradients 3", call 812`. */
export function describeCall({ kind, sequence, tag, bytes, reduction, root }: Call): string {
  const how = reduction === undefined ? "" : ` (${reduction})`;
  const from = root === undefined ? "" : ` from rank ${root}`;
  const size = kind === "barrier" ? "" : ` of ${bytes} bytes`;
  return `${titles[kind]}${how}${size}${from} for "${tag}", call ${sequence}`;
}

/** Bytes of a call as transports exchange it. */
export const callBytes = 192;

/** A call as transports exchange it: its words in UTF-8, cut or filled up with zeros to {@link callBytes}. */
export function encodeCall(call: Call): Uint8Array<ArrayBuffer> {
  const encoded = new Uint8Array(callBytes);
  new TextEncoder().encodeInto(describeCall(call), encoded);
  return encoded;
}

/** The words of an encoded call; empty where a process has made none yet. */
function decodeCall(encoded: Uint8Array): string {
  const end = encoded.indexOf(0);
  return new TextDecoder().decode(encoded.slice(0, end < 0 ? encoded.length : end));
}

/**
 * Compares what the processes are about to do, each as {@link encodeCall} gives it.
 * @throws CollectiveError that names this process's call and the first that differs
 */
export function requireSameCall(rank: number, calls: readonly Uint8Array[]): void {
  const own = decodeCall(calls[rank] as Uint8Array);
  for (const [other, encoded] of calls.entries()) {
    const theirs = decodeCall(encoded);
    if (theirs === own) continue;
    throw new CollectiveError(
      "out-of-step",
      `the processes are out of step: rank ${rank} is in ${own}, rank ${other} is in ${theirs}`,
      [other],
    );
  }
}
