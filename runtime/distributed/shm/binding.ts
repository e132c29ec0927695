import { createRequire } from "node:module";
import { UserError } from "../../errors.ts";
import { installShmCommand, isShmInstalled, shmAddonFile } from "./installed.ts";

declare const group: unique symbol;

/** A group of the addon's; what it holds is freed with it where nobody closes it. */
export interface Group {
  readonly [group]: true;
}

/** Kinds of calls, reductions and failures as the addon numbers them (addon/group.h, addon/sums.h). */
export const kindNumbers = {
  allReduce: 0,
  broadcast: 1,
  allGather: 2,
  reduceScatter: 3,
  barrier: 4,
} as const;
export const reductionNumbers = { sum: 0, mean: 1, max: 2 } as const;
export const failureKinds = ["none", "lost", "aborted", "out-of-step", "system", "closed"] as const;
export const waited = { pending: 0, done: 1, failed: 2 } as const;

/** Why calls of a group fail. */
export interface GroupFailure {
  /** An index of {@link failureKinds}. */
  readonly kind: number;
  /** The process that it is about. */
  readonly rank: number;
  /** What an abort gave, or the operating system said. */
  readonly reason: string;
  /** The encoded calls of all ranks, one after the other, where they are out of step. */
  readonly calls: ArrayBuffer;
}

/** The addon (addon/*.c). Errors of the operating system are thrown with their number as `code`. */
export interface ShmBinding {
  /** Makes a group of `size` processes, as its rank 0. */
  create(size: number): Group;
  /** Joins the group whose rank 0 is told this path. */
  join(path: string, rank: number, size: number): Group;
  /** Where the others find the group. */
  path(group: Group): string;
  /** Takes the group's name away, once all have joined. */
  hide(group: Group): void;
  /** Starts a call, in the background, and returns its number: from 1 on. The arrays must live until it is done. */
  start(
    group: Group,
    kind: number,
    reduction: number,
    root: number,
    sequence: number,
    call: Uint8Array,
    data: Uint8Array,
    output: Uint8Array,
  ): number;
  /**
   * Starts an allocation of `bytes` bytes for each rank, as {@link start} does. It fails in all ranks where they are
   * more together than the `available` ones that rank 0 gives.
   */
  allocate(group: Group, sequence: number, call: Uint8Array, bytes: number, available: number): number;
  /**
   * Blocks until a call is done, or the group has failed, or so many milliseconds have passed: one of
   * {@link waited}.
   */
  wait(group: Group, call: number, milliseconds: number): number;
  failure(group: Group): GroupFailure;
  /** This rank's memory of the allocation that was done last. */
  memory(group: Group, bytes: number): ArrayBuffer;
  /** The ranks that have not come to a call of this sequence number. */
  missing(group: Group, sequence: number): number[];
  abort(group: Group, reason: string): void;
  /** Leaves; calls that were started are not waited for. */
  close(group: Group): void;
}

/**
 * Loads the addon that `lavisc engine install shm` built.
 *
 * @throws UserError when it is not there or does not load
 */
export function loadShm(): ShmBinding {
  if (!isShmInstalled()) {
    throw new UserError(
      "backend shm is not installed: its addon is not built for this version of lavis",
      `run: ${installShmCommand}, or use --backend socket`,
    );
  }
  const file = shmAddonFile();
  try {
    return createRequire(file)(file) as ShmBinding;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new UserError(`backend shm does not load: ${reason}`, `run: ${installShmCommand} --force`, {
      cause: error,
    });
  }
}

/** Whether processes on this host can share memory. */
export interface ShmStatus {
  readonly name: "shm";
  readonly isUsable: boolean;
  /** Why not, and what to do. */
  readonly reason?: string;
  /** By what it joins processes, when it is usable. */
  readonly joins?: readonly string[];
}

/** Looks whether the addon is there and loads. */
export function probeShm(): ShmStatus {
  if (!isShmInstalled())
    return { name: "shm", isUsable: false, reason: `not installed; run: ${installShmCommand}` };
  try {
    loadShm();
    return { name: "shm", isUsable: true, joins: ["shared memory on one host"] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { name: "shm", isUsable: false, reason: `${error.message}; ${error.hint}` };
  }
}
