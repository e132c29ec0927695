import type { Handle } from "./binding.ts";

/** A group of processes that the addon is in, from 1 on. */
export type GroupHandle = number;

/** A socket that listens, and its port. */
export interface Listening {
  readonly fd: number;
  readonly port: number;
}

/** How a group is opened. */
export interface GroupPlan {
  readonly rank: number;
  readonly size: number;
  /** Where rank 0 listens. */
  readonly host: string;
  /** Sockets of rank 0, which it gives away; in the others `fd` is −1. */
  readonly watch: Listening;
  readonly store: Listening;
  /** What the processes of the group know, and no others. */
  readonly secret: string;
  readonly device: "cpu" | "cuda";
  /** Seconds that opening may take. */
  readonly timeout: number;
}

/** The addon's numbers of kinds of calls and of reductions, and of what comes of them (addon/distributed). */
export const callKinds = {
  allReduce: 0,
  broadcast: 1,
  allGather: 2,
  reduceScatter: 3,
  barrier: 4,
  allocate: 5,
} as const;
export const reductions = { sum: 0, mean: 1, max: 2 } as const;
export const waited = { pending: 0, done: 1, failed: 2 } as const;
export const failures = ["peer-lost", "aborted", "out-of-step", "other"] as const;

export interface GroupCall {
  readonly kind: number;
  readonly reduction: number;
  readonly root: number;
  /** More than that of the call before. */
  readonly sequence: number;
  /** The call as every process has to state it. */
  readonly words: Uint8Array;
}

export interface GroupFailure {
  /** Index of {@link failures}. */
  readonly kind: number;
  readonly message: string;
  readonly ranks: readonly number[];
  /** Where they are out of step: the words of all processes, one after the other. */
  readonly calls: Uint8Array;
}

/** Groups of processes on libtorch's c10d; but for `c10dBackends` only where that names `gloo`. */
export interface C10dBinding {
  /** What this libtorch, and the headers it was built with, have: `gloo`, `nccl`. */
  readonly c10dBackends: readonly string[];
  /** Listens at an address of this host, on a port that is free. */
  listenAt(host: string): Listening;
  /** Opens a group in the background, which is its call 0. */
  openGroup(plan: GroupPlan): GroupHandle;
  /** Starts a call on tensors or arrays, which nothing may touch or free before it is done. */
  groupStart(
    group: GroupHandle,
    call: GroupCall,
    data?: Uint8Array | Handle,
    output?: Uint8Array | Handle,
  ): void;
  /** Waits for a call: one of {@link waited}. */
  groupWait(group: GroupHandle, sequence: number, milliseconds: number): number;
  groupFailure(group: GroupHandle): GroupFailure;
  groupMissing(group: GroupHandle, sequence: number): number[];
  groupAbort(group: GroupHandle, reason: string): void;
  /** Leaves the group, without waiting for calls. */
  groupLeave(group: GroupHandle): void;
  /** Whether nothing of a group that was left runs any more, within so many milliseconds. */
  groupHasEnded(group: GroupHandle, milliseconds: number): boolean;
  /** Zeros, at a multiple of 64 bytes. */
  alignedMemory(bytes: number): ArrayBuffer;
}
