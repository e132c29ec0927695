import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import { type Call, callBytes, encodeCall, requireSameCall } from "../call.ts";
import { CollectiveError, nameRanks } from "../errors.ts";
import type {
  Allocation,
  CallMemory,
  OpenTransport,
  Operation,
  Transport,
  TransportOptions,
} from "../transport.ts";
import {
  failureKinds,
  type Group,
  kindNumbers,
  loadShm,
  reductionNumbers,
  type ShmBinding,
  waited,
} from "./binding.ts";

const nothing = new Uint8Array(0);
/** The key under which rank 0 leaves where its memory is. */
const pathKey = "shm/path";
/** Milliseconds between two looks whether all have joined. */
const joinPoll = 5;

/**
 * Joins processes of one host over memory that they share: an anonymous file that rank 0 makes and that has no name
 * in any folder, so that the kernel frees it with the last of them, however they end.
 *
 * @throws UserError when the addon is not installed or there is no memory for it
 */
export const openShm: OpenTransport = async (options) => {
  const binding = loadShm();
  const group = await enter(binding, options);
  const transport = new ShmTransport(binding, group, options);
  try {
    await transport.meet(options);
    return transport;
  } catch (error) {
    await transport.close();
    throw error;
  }
};

async function enter(binding: ShmBinding, { topology, rendezvous }: TransportOptions): Promise<Group> {
  const { rank, worldSize } = topology;
  if (rank === 0) {
    const group = attempt("rank 0 could not make the memory that the processes share", () =>
      binding.create(worldSize),
    );
    await rendezvous.set(pathKey, binding.path(group));
    return group;
  }
  const path = await rendezvous.get(pathKey);
  return attempt(`rank ${rank} could not open the memory of rank 0 (${path})`, () =>
    binding.join(path, rank, worldSize),
  );
}

/** Runs something that the operating system may refuse. */
function attempt<T>(what: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw refused(what, error.message);
  }
}

function refused(what: string, reason: string): UserError {
  return new UserError(
    `backend shm: ${what}: ${reason}`,
    "all processes have to run on one host, in one container, as one user, with memory for their gradients; otherwise use --backend socket or c10d",
  );
}

class ShmTransport implements Transport {
  readonly backend = "shm";
  readonly rank: number;
  readonly size: number;
  readonly #binding: ShmBinding;
  readonly #group: Group;
  /** Seconds. */
  readonly #timeout: number;
  /** The memory of calls that are not done: the addon's thread has only its address. */
  readonly #inUse: { readonly number: number; readonly memory: CallMemory }[] = [];

  constructor(binding: ShmBinding, group: Group, { topology, timeout }: TransportOptions) {
    this.rank = topology.rank;
    this.size = topology.worldSize;
    this.#binding = binding;
    this.#group = group;
    this.#timeout = timeout;
  }

  /** Waits, without blocking, until all have joined. */
  async meet({ signal }: TransportOptions): Promise<void> {
    const call: Call = { kind: "barrier", sequence: 0, tag: "joining the group", bytes: 0 };
    const joined = this.start(call, { data: nothing });
    for (const end = performance.now() + 1000 * this.#timeout; !joined.wait(0); ) {
      if (performance.now() > end) {
        const missing = this.missing(call.sequence);
        const reason = `${nameRanks(missing)} did not join within ${this.#timeout} s`;
        throw new CollectiveError("timeout", reason, missing);
      }
      await sleep(joinPoll, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
    if (this.rank === 0) this.#binding.hide(this.#group);
  }

  allocate(call: Call): Allocation {
    const { sequence, bytes } = call;
    const available = process.availableMemory();
    const number = this.#binding.allocate(this.#group, sequence, encodeCall(call), bytes, available);
    return { ...this.#operation(number), memory: () => this.#binding.memory(this.#group, bytes) };
  }

  start(call: Call, memory: CallMemory): Operation {
    if (call.kind === "allocate") throw new RangeError("an allocation is no call on memory");
    const { data, output = nothing } = memory;
    const number = this.#binding.start(
      this.#group,
      kindNumbers[call.kind],
      reductionNumbers[call.reduction ?? "sum"],
      call.root ?? 0,
      call.sequence,
      encodeCall(call),
      data,
      output,
    );
    this.#inUse.push({ number, memory });
    return this.#operation(number);
  }

  #operation(number: number): Operation {
    return {
      wait: (milliseconds) => {
        const state = this.#binding.wait(this.#group, number, milliseconds);
        if (state === waited.failed) this.#fail();
        if (state === waited.pending) return false;
        this.#release(number);
        return true;
      },
    };
  }

  missing(sequence: number): number[] {
    return this.#binding.missing(this.#group, sequence);
  }

  abort(reason: string): void {
    this.#binding.abort(this.#group, reason);
  }

  async close(): Promise<void> {
    this.#binding.close(this.#group);
    this.#inUse.length = 0;
  }

  /** Calls are done in their order: with one, all before it. */
  #release(number: number): void {
    while (this.#inUse[0] !== undefined && this.#inUse[0].number <= number) this.#inUse.shift();
  }

  #fail(): never {
    const { kind, rank, reason, calls } = this.#binding.failure(this.#group);
    switch (failureKinds[kind]) {
      case "lost":
        throw new CollectiveError("peer-lost", `rank ${rank} has ended`, [rank]);
      case "aborted":
        throw new CollectiveError("aborted", reason, [rank]);
      case "system":
        throw refused(`rank ${rank} could not allocate memory that the processes share`, reason);
      case "out-of-step":
        requireSameCall(
          this.rank,
          Array.from(
            { length: this.size },
            (_, other) => new Uint8Array(calls, other * callBytes, callBytes),
          ),
        );
    }
    throw new Error(`shm: a call failed: ${failureKinds[kind]}`);
  }
}
