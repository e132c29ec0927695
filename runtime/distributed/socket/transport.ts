import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { UserError } from "../../errors.ts";
import { workerEntry } from "../../worker-entry.ts";
import type { Call } from "../call.ts";
import { CollectiveError } from "../errors.ts";
import { timerOf } from "../timer.ts";
import type { Allocation, CallMemory, Operation, Transport, TransportOptions } from "../transport.ts";
import {
  type Failure,
  type FromThread,
  fields,
  type Peer,
  type ThreadData,
  type ToThread,
} from "./messages.ts";
import { Staging } from "./staging.ts";

/** Longest path of a Unix socket, in bytes, with its terminator (sun_path in macOS's sys/un.h; Linux has 108). */
const longestPath = 104;

/** Milliseconds for the thread to send what it has told the others when the transport closes. */
const closingTimeout = 1000;

/**
 * Opens the transport of plain Node: a ring of Unix sockets (of loopback connections on Windows) between the processes
 * of one host. A thread of its own owns the sockets and works on shared memory.
 */
export async function openSocketTransport(options: TransportOptions): Promise<Transport> {
  const { topology, rendezvous, signal } = options;
  const { rank, worldSize: size } = topology;
  signal.throwIfAborted();
  const folder = process.platform === "win32" ? undefined : socketFolder(rank);
  const { port1: failures, port2 } = new MessageChannel();
  const data: ThreadData = {
    rank,
    size,
    folder,
    secret: randomBytes(16).toString("hex"),
    shared: new SharedArrayBuffer(4 * (fields.announced + size)),
    failures: port2,
  };
  const thread = new Worker(workerEntry(new URL("./thread.ts", import.meta.url)), {
    workerData: data,
    transferList: [port2],
  });
  try {
    const { address } = await next(thread, "listening", options);
    const own: Peer = { address, secret: data.secret };
    await rendezvous.set(`socket/${rank}`, JSON.stringify(own));
    const peers = await Promise.all(
      Array.from({ length: size }, async (_, other) =>
        other === rank ? own : (JSON.parse(await rendezvous.get(`socket/${other}`)) as Peer),
      ),
    );
    thread.postMessage({ type: "connect", peers } satisfies ToThread);
    await next(thread, "connected", options);
  } catch (error) {
    await thread.terminate();
    throw error;
  } finally {
    // Sockets that are connected need their names no more.
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
  // A job that is done, or has failed elsewhere, must not be kept alive by a thread that waits for calls.
  thread.unref();
  return new SocketTransport(thread, failures, data);
}

/** A folder that only this user can enter. */
function socketFolder(rank: number): string {
  const folder = mkdtempSync(join(tmpdir(), "lavis-"));
  if (Buffer.byteLength(join(folder, String(rank))) < longestPath) return folder;
  rmSync(folder, { recursive: true });
  throw new UserError(
    `the folder for temporary files has too long a name for sockets: ${tmpdir()}`,
    "set TMPDIR to a shorter one, such as /tmp",
  );
}

/** The thread's next message, of the type that is due. */
function next<Type extends FromThread["type"]>(
  thread: Worker,
  type: Type,
  { timeout, signal }: Pick<TransportOptions, "timeout" | "signal">,
): Promise<Extract<FromThread, { type: Type }>> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(limit);
      signal.removeEventListener("abort", aborted);
      thread.off("message", received).off("error", failed).off("exit", exited);
    };
    const failed = (error: unknown): void => {
      settle();
      reject(error);
    };
    const received = (message: FromThread): void => {
      if (message.type === "failed") failed(errorOf(message.failure));
      if (message.type !== type) return;
      settle();
      resolve(message as Extract<FromThread, { type: Type }>);
    };
    const aborted = (): void => failed(signal.reason);
    const exited = (code: number): void => failed(new Error(`the socket thread ended with code ${code}`));
    const late = `the processes have not connected to each other within ${timeout} s`;
    const limit = setTimeout(() => failed(new CollectiveError("timeout", late, [])), timerOf(timeout));
    signal.addEventListener("abort", aborted);
    thread.on("message", received).once("error", failed).once("exit", exited);
  });
}

function errorOf({ failure, message, ranks }: Failure): Error {
  return failure === "defect" ? new Error(message) : new CollectiveError(failure, message, ranks);
}

class SocketTransport implements Transport {
  readonly backend = "socket";
  readonly rank: number;
  readonly size: number;
  readonly #thread: Worker;
  readonly #failures: MessagePort;
  readonly #shared: Int32Array;
  readonly #staging = new Staging();
  #numStarted = 0;
  #failure: Error | undefined;

  constructor(thread: Worker, failures: MessagePort, { rank, size, shared }: ThreadData) {
    this.rank = rank;
    this.size = size;
    this.#thread = thread;
    this.#failures = failures;
    this.#shared = new Int32Array(shared);
  }

  allocate(call: Call): Allocation {
    const buffer = new SharedArrayBuffer(call.bytes);
    return { ...this.start(call, { data: new Uint8Array(buffer) }), memory: () => buffer };
  }

  start(call: Call, memory: CallMemory): Operation {
    const staged = this.#staging.stage(call, memory, this.rank);
    const { data, output } = staged.memory;
    const number = ++this.#numStarted;
    this.#send({ type: "call", call, data, output });
    let isDone = false;
    return {
      wait: (milliseconds) => {
        isDone ||= this.#waitFor(number, milliseconds) && staged.finish();
        return isDone;
      },
    };
  }

  missing(sequence: number): readonly number[] {
    return Array.from({ length: this.size }, (_, rank) => rank).filter(
      (rank) => Atomics.load(this.#shared, fields.announced + rank) < sequence,
    );
  }

  abort(reason: string): void {
    this.#send({ type: "abort", reason });
  }

  async close(): Promise<void> {
    const { signal } = new AbortController();
    this.#send({ type: "close" });
    // Those who do not read any more need not be waited for.
    const closed = next(this.#thread, "closed", { timeout: closingTimeout / 1000, signal });
    await closed.catch(() => undefined);
    this.#failures.close();
    await this.#thread.terminate();
  }

  #send(message: ToThread): void {
    this.#thread.postMessage(message);
  }

  /** Whether so many calls are done within the time. @throws when none will be any more */
  #waitFor(number: number, milliseconds: number): boolean {
    const until = performance.now() + milliseconds;
    for (;;) {
      const changes = Atomics.load(this.#shared, fields.changes);
      if (Atomics.load(this.#shared, fields.numDone) >= number) return true;
      if (Atomics.load(this.#shared, fields.hasFailed) !== 0) throw this.#whyFailed();
      const left = until - performance.now();
      if (left <= 0) return false;
      Atomics.wait(this.#shared, fields.changes, changes, left);
    }
  }

  #whyFailed(): Error {
    if (this.#failure === undefined) {
      const left = receiveMessageOnPort(this.#failures) as { message: Failure } | undefined;
      this.#failure =
        left === undefined ? new Error("the socket thread did not say why it failed") : errorOf(left.message);
    }
    return this.#failure;
  }
}
