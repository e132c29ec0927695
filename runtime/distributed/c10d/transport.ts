import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Binding, type Handle, loadBinding } from "../../engine/torch/binding.ts";
import {
  callKinds,
  failures,
  type GroupHandle,
  type GroupPlan,
  reductions,
  waited,
} from "../../engine/torch/c10d-binding.ts";
import { TorchEngine } from "../../engine/torch/engine.ts";
import { installTorchCommand } from "../../engine/torch/installed.ts";
import { UserError } from "../../errors.ts";
import type { Engine } from "../../tensor/index.ts";
import type { Buckets, TensorTransport } from "../buckets.ts";
import { type Call, callBytes, encodeCall, requireSameCall } from "../call.ts";
import type { Collectives } from "../collectives.ts";
import { CollectiveError } from "../errors.ts";
import type { Allocation, CallMemory, OpenTransport, Operation, TransportOptions } from "../transport.ts";
import { TensorBuckets } from "./tensor-buckets.ts";

/** The key under which rank 0 leaves where it listens. */
const meetingKey = "c10d/meeting";
const loopback = "127.0.0.1";
/** Milliseconds between two looks at what goes on in the background. */
const poll = 5;
/** Milliseconds that a group which is left may take to end. */
const leaving = 500;

/** What rank 0 tells the others: how they find it, and what they show it. */
type Meeting = Pick<GroupPlan, "host" | "secret"> & {
  readonly watchPort: number;
  readonly storePort: number;
};

/**
 * Joins processes, of one host or of several, over libtorch's c10d: gloo, and NCCL for tensors on a GPU. On one host
 * everything listens on the loopback address, on several at that of rank 0 (`topology.master`) and, in the other
 * processes, on the interface that reaches it.
 *
 * @throws UserError when the torch engine is not installed, or its libtorch cannot
 */
export const openC10d: OpenTransport = async (options) => {
  const binding = loadBinding();
  requireBackend(binding, options);
  const plan = await meet(binding, options);
  const transport = new C10dTransport(binding, binding.openGroup(plan), options);
  try {
    await transport.opened(options);
    return transport;
  } catch (error) {
    await transport.close();
    throw error;
  }
};

/** Why the installed torch engine cannot join processes that compute on a device; undefined where it can. */
export function missingBackend(
  { c10dBackends }: Pick<Binding, "c10dBackends">,
  device: "cpu" | "cuda",
): string | undefined {
  if (!c10dBackends.includes("gloo")) return "its libtorch was built without gloo (USE_DISTRIBUTED)";
  if (device === "cpu" || c10dBackends.includes("nccl")) return undefined;
  return "its libtorch has no NCCL, or nccl.h and CUDA's headers were not beside it when it was installed";
}

function requireBackend(binding: Binding, { device }: TransportOptions): void {
  const missing = missingBackend(binding, device);
  if (missing === undefined) return;
  const hint =
    device === "cuda"
      ? `install torch for CUDA with the packages that it asks for, then run: ${installTorchCommand} --force`
      : "use another libtorch, as pip installs it, or on one host --backend shm or socket";
  throw new UserError(`backend c10d: the torch engine cannot join processes: ${missing}`, hint);
}

async function meet(
  binding: Binding,
  { topology, rendezvous, device, timeout }: TransportOptions,
): Promise<GroupPlan> {
  const { rank, worldSize, numNodes = 1, master } = topology;
  const common = { rank, size: worldSize, device, timeout };
  if (rank > 0) {
    const { watchPort, storePort, ...found } = JSON.parse(await rendezvous.get(meetingKey)) as Meeting;
    return {
      ...common,
      ...found,
      watch: { fd: -1, port: watchPort },
      store: { fd: -1, port: storePort },
    };
  }
  if (numNodes > 1 && master === undefined) {
    throw new UserError(
      "backend c10d: the launcher names no address of rank 0, which processes on other hosts need",
      "set MASTER_ADDR to the name or address by which the other hosts reach it",
    );
  }
  const host = numNodes > 1 && master !== undefined ? master.host : loopback;
  const listen = () => {
    try {
      return binding.listenAt(host);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new UserError(
        `backend c10d: ${reason}`,
        "MASTER_ADDR has to be an address of the host on which rank 0 runs",
      );
    }
  };
  const [watch, store] = [listen(), listen()];
  const secret = randomBytes(32).toString("hex");
  const meeting: Meeting = { host, secret, watchPort: watch.port, storePort: store.port };
  await rendezvous.set(meetingKey, JSON.stringify(meeting));
  return { ...common, host, secret, watch, store };
}

/** A group of libtorch's. */
export class C10dTransport implements TensorTransport {
  readonly backend = "c10d";
  readonly rank: number;
  readonly size: number;
  readonly #binding: Binding;
  readonly #group: GroupHandle;
  /** The memory of calls that are not done: the addon has only its address. */
  readonly #inUse: { readonly sequence: number; readonly memory: CallMemory }[] = [];

  constructor(binding: Binding, group: GroupHandle, { topology }: TransportOptions) {
    this.rank = topology.rank;
    this.size = topology.worldSize;
    this.#binding = binding;
    this.#group = group;
  }

  /** Waits, without blocking, until the group is open. */
  async opened({ signal }: TransportOptions): Promise<void> {
    const opening = this.#operation(0);
    while (!opening.wait(0)) {
      await sleep(poll, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  allocate(call: Call): Allocation {
    return { ...this.#start(call), memory: () => this.#binding.alignedMemory(call.bytes) };
  }

  start(call: Call, memory: CallMemory): Operation {
    this.#inUse.push({ sequence: call.sequence, memory });
    return this.#start(call, memory.data, memory.output);
  }

  /** As {@link start}, for an all-reduce of a tensor of libtorch's, in its own memory. */
  startOnTensor(call: Call, tensor: Handle): Operation {
    return this.#start(call, tensor);
  }

  missing(sequence: number): number[] {
    return this.#binding.groupMissing(this.#group, sequence);
  }

  abort(reason: string): void {
    this.#binding.groupAbort(this.#group, reason);
  }

  async close(): Promise<void> {
    this.#binding.groupLeave(this.#group);
    // A call that hangs for another process ends with that; its memory stays here as long.
    for (const end = performance.now() + leaving; performance.now() < end; await sleep(poll)) {
      if (this.#binding.groupHasEnded(this.#group, 0)) {
        this.#inUse.length = 0;
        return;
      }
    }
  }

  openTensorBuckets(engine: Engine, lengths: readonly number[], processes: Collectives): Buckets | undefined {
    if (!(engine instanceof TorchEngine)) return undefined;
    return new TensorBuckets(this, engine, lengths, processes);
  }

  #start(call: Call, data?: Uint8Array | Handle, output?: Uint8Array): Operation {
    const { kind, reduction = "sum", root = 0, sequence } = call;
    const made = {
      kind: callKinds[kind],
      reduction: reductions[reduction],
      root,
      sequence,
      words: encodeCall(call),
    };
    this.#binding.groupStart(this.#group, made, data, output);
    return this.#operation(sequence);
  }

  #operation(sequence: number): Operation {
    return {
      wait: (milliseconds) => {
        const state = this.#binding.groupWait(this.#group, sequence, Math.ceil(milliseconds));
        if (state === waited.failed) throw this.#failure();
        if (state === waited.pending) return false;
        // Calls are done in their order: with one, all before it.
        while ((this.#inUse[0]?.sequence ?? Number.POSITIVE_INFINITY) <= sequence) this.#inUse.shift();
        return true;
      },
    };
  }

  #failure(): Error {
    const { kind, message, ranks, calls } = this.#binding.groupFailure(this.#group);
    const failure = failures[kind] ?? "other";
    if (failure === "other") return new UserError(`backend c10d: the processes could not join: ${message}`);
    if (failure !== "out-of-step") return new CollectiveError(failure, message, ranks);
    const all = Array.from({ length: this.size }, (_, rank) =>
      calls.subarray(rank * callBytes, (rank + 1) * callBytes),
    );
    try {
      requireSameCall(this.rank, all);
    } catch (error) {
      if (error instanceof CollectiveError) return error;
      throw error;
    }
    return new Error("c10d: the processes are out of step, but their calls are the same");
  }
}
