import type { MessagePort } from "node:worker_threads";
import type { Call } from "../call.ts";
import type { CollectiveFailure } from "../errors.ts";

/** Where a thread listens: a Unix socket, or a port of the loopback interface. */
export type Address = { readonly path: string } | { readonly host: string; readonly port: number };

/** What a thread is started with. */
export interface ThreadData {
  readonly rank: number;
  readonly size: number;
  /** A folder for its socket that only this user can enter; undefined where there are no Unix sockets. */
  readonly folder: string | undefined;
  /** What those who connect to it have to show. */
  readonly secret: string;
  /** See {@link fields}. */
  readonly shared: SharedArrayBuffer;
  /** Where it leaves its {@link Failure}, for a reader that cannot wait for events. */
  readonly failures: MessagePort;
}

/** Places of int32 in the memory that a thread shares with its main thread. */
export const fields = {
  /** Changes whenever anything here does: what the main thread sleeps on. */
  changes: 0,
  /** 1 once a {@link Failure} has been left. */
  hasFailed: 1,
  /** Calls that are done. */
  numDone: 2,
  /** Of each rank the number of the last call that it has come to. */
  announced: 3,
} as const;

/** A thread of another process, and what it asks of those who connect to it. */
export interface Peer {
  readonly address: Address;
  readonly secret: string;
}

/** A call to make. Its memory is shared. */
export interface CallOrder {
  readonly type: "call";
  readonly call: Call;
  readonly data: Uint8Array;
  readonly output: Uint8Array | undefined;
}

export type ToThread =
  | CallOrder
  /** Of all ranks, in their order. */
  | { readonly type: "connect"; readonly peers: readonly Peer[] }
  | { readonly type: "abort"; readonly reason: string }
  | { readonly type: "close" };

export type FromThread =
  | { readonly type: "listening"; readonly address: Address }
  | { readonly type: "connected" }
  /** Also left among the failures; this one is for a main thread that is opening the transport. */
  | { readonly type: "failed"; readonly failure: Failure }
  | { readonly type: "closed" };

/** Why no call can be made any more; `defect` is our own. */
export interface Failure {
  readonly failure: CollectiveFailure | "defect";
  readonly message: string;
  readonly ranks: readonly number[];
}
