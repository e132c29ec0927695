import type { Call } from "./call.ts";
import type { Rendezvous } from "./rendezvous/rendezvous.ts";
import type { Topology } from "./topology.ts";

/** What moves the bytes between processes. */
export type Backend = "shm" | "c10d" | "socket";

/** The memory that a call works on; `reduction`s are of float32. */
export interface CallMemory {
  /** What this process puts in; all-reduce and broadcast leave their result here. */
  readonly data: Uint8Array;
  /**
   * Where all-gather (size × `data`, in the order of ranks) and reduce-scatter (`data` / size, this rank's part)
   * leave their result.
   */
  readonly output?: Uint8Array;
}

/** A call that has been started. */
export interface Operation {
  /**
   * Blocks until the call is done or so many milliseconds have passed; whether it is done.
   * @throws CollectiveError when a process is gone, gave up, or is out of step
   */
  wait(milliseconds: number): boolean;
}

/** Memory that is being allocated. */
export interface Allocation extends Operation {
  /** The memory; only when it is done. */
  memory(): ArrayBufferLike;
}

/**
 * One way for the processes of a job to exchange bytes. Calls run in the order in which they were started, which is
 * the same in every process, one at a time, in the background: a started call goes on while JavaScript computes.
 * Everything blocks natively or with `Atomics.wait`: a training step never returns to the event loop.
 *
 * Before any byte of a call is exchanged, the processes exchange and compare their calls (`encodeCall`,
 * `requireSameCall`), so that processes out of step give an error in each of them. A process that ended is noticed
 * within half a second by those that wait for it. Results are the same bits in every process.
 */
export interface Transport {
  readonly backend: Backend;
  readonly rank: number;
  readonly size: number;
  /**
   * Starts to allocate memory of `bytes` bytes, 64-byte aligned, zeros, that lives as long as the transport and on which calls are
   * fastest. The other processes allocate as much at the same moment: `call` is of kind `allocate`.
   */
  allocate(call: Call): Allocation;
  /** Starts a call. The memory must not be touched before it is done. */
  start(call: Call, memory: CallMemory): Operation;
  /** The ranks that have not come to the call of this sequence number, for warnings; undefined where it cannot tell. */
  missing(sequence: number): readonly number[] | undefined;
  /** Makes calls of the other processes fail with this reason, those that wait now as well as later ones. */
  abort(reason: string): void;
  /** Frees everything: memory, threads, connections. Started calls are not waited for. */
  close(): Promise<void>;
}

/** What a transport is opened with: who this process is, and how it meets the others. All of them open it at once. */
export interface TransportOptions {
  readonly topology: Pick<Topology, "rank" | "worldSize" | "localRank"> &
    Partial<Pick<Topology, "numNodes" | "master">>;
  /** Keys begin with the transport's name. */
  readonly rendezvous: Pick<Rendezvous, "get" | "set">;
  /** What the job computes on. */
  readonly device: "cpu" | "cuda";
  /** Seconds that opening, and later an allocation, may wait for the other processes. */
  readonly timeout: number;
  /** Ends opening: its reason is thrown. */
  readonly signal: AbortSignal;
}

/** Opens a transport; every process of the job does so at the same time. */
export type OpenTransport = (options: TransportOptions) => Promise<Transport>;
