import { deserialize, serialize } from "node:v8";
import { type Call, type CallKind, describeCall, type Reduction } from "./call.ts";
import { CollectiveError, nameRanks } from "./errors.ts";
import type { Backend, CallMemory, Operation, Transport } from "./transport.ts";

/** A call that goes on in the background. */
export interface Work {
  /** Blocks until the call is done. @throws CollectiveError */
  wait(): void;
}

export interface CollectivesOptions {
  /** Seconds after which a process that has not come to a call is given up. */
  readonly timeout: number;
  /** Told what this process waits for, and for whom, every `warnAfter` seconds. */
  readonly onWarning: (text: string) => void;
  /** Seconds; 60 unless given. */
  readonly warnAfter?: number;
}

/** How long a wait blocks before it looks whether it is time to warn or to give up, in milliseconds. */
const slice = 250;

/** Objects up to so many bytes are gathered in one call. */
const smallBytes = 1020;
const lengthBytes = 4;

const done: Work = { wait: () => {} };

/**
 * What the processes of a job do together. Every process makes the same calls in the same order, each with a tag
 * that errors name; calls block until all have come, except {@link startAllReduce}. For a job of one process they
 * do nothing.
 *
 * A process that is gone, gave up, is out of step or too late is a {@link CollectiveError} in all the others, and
 * after it every call fails with the same error.
 */
export class Collectives {
  readonly rank: number;
  readonly size: number;
  readonly #transport: Transport | undefined;
  readonly #options: CollectivesOptions;
  #sequence = 0;
  #secondsWaited = 0;
  #failure: unknown;

  private constructor(transport: Transport | undefined, options: CollectivesOptions) {
    this.#transport = transport;
    this.#options = options;
    this.rank = transport?.rank ?? 0;
    this.size = transport?.size ?? 1;
  }

  /** The group that a transport joins. */
  static over(transport: Transport, options: CollectivesOptions): Collectives {
    return new Collectives(transport, options);
  }

  /** The group of one process. */
  static alone(): Collectives {
    return new Collectives(undefined, { timeout: 0, onWarning: () => {} });
  }

  /** What moves the bytes; undefined for one process. */
  get backend(): Backend | undefined {
    return this.#transport?.backend;
  }

  /** The transport, for what only one of them can do; undefined for one process. */
  get transport(): Transport | undefined {
    return this.#transport;
  }

  /** Seconds that this process has waited in calls so far. */
  get secondsWaited(): number {
    return this.#secondsWaited;
  }

  /**
   * Memory of `bytes` bytes on which calls are fastest, zeros, for the group's life. A call like the others: every
   * process allocates as much at the same moment.
   */
  allocate(bytes: number, tag: string): ArrayBufferLike {
    const transport = this.#transport;
    if (transport === undefined) return new ArrayBuffer(bytes);
    const call = this.#call("allocate", tag, bytes);
    return this.#timed(() => {
      const allocation = transport.allocate(call);
      this.#wait(call, allocation);
      return allocation.memory();
    });
  }

  /** Replaces `data` by the sum, mean or maximum over the processes, the same bits in each. */
  allReduce(data: Float32Array, reduction: Reduction, tag: string): void {
    this.startAllReduce(data, reduction, tag).wait();
  }

  /** As {@link allReduce}, in the background: `data` must not be touched before `wait` returns. */
  startAllReduce(data: Float32Array, reduction: Reduction, tag: string): Work {
    return this.#start("allReduce", tag, { data: bytesOf(data) }, { reduction });
  }

  /** Replaces `data` by that of the process `root`; the same length in each. */
  broadcast(data: ArrayBufferView, root: number, tag: string): void {
    this.#start("broadcast", tag, { data: bytesOf(data) }, { root }).wait();
  }

  /** The numbers of all processes, one process after the other; the same length in each. */
  allGather<T extends Float32Array | Float64Array | Int32Array | Uint8Array>(data: T, tag: string): T {
    const output = new Uint8Array(data.byteLength * this.size);
    const memory = { data: bytesOf(data), output };
    if (this.#transport === undefined) output.set(memory.data);
    this.#start("allGather", tag, memory, {}).wait();
    const Numbers = data.constructor as new (buffer: ArrayBuffer) => T;
    return new Numbers(output.buffer);
  }

  /** This process's part, of 1/size of the length, of what {@link allReduce} would give; `data` may be changed. */
  reduceScatter(data: Float32Array, reduction: Reduction, tag: string): Float32Array {
    if (data.length % this.size !== 0) {
      throw new RangeError(`reduceScatter: ${data.length} numbers for ${this.size} processes`);
    }
    const output = new Float32Array(data.length / this.size);
    if (this.#transport === undefined) output.set(data);
    this.#start("reduceScatter", tag, { data: bytesOf(data), output: bytesOf(output) }, { reduction }).wait();
    return output;
  }

  /** Blocks until every process has come. */
  barrier(tag: string): void {
    this.#start("barrier", tag, { data: new Uint8Array(0) }, {}).wait();
  }

  /** The values of all processes, in the order of ranks: anything that the structured clone algorithm takes. */
  gatherObjects<T>(value: T, tag: string): T[] {
    if (this.size === 1) return [value];
    const own = serialize(value);
    // Small values need one call: their length and they themselves.
    const first = new Uint8Array(lengthBytes + smallBytes);
    new DataView(first.buffer).setUint32(0, own.length);
    first.set(own.subarray(0, smallBytes), lengthBytes);
    const starts = this.allGather(first, tag);
    const view = new DataView(starts.buffer);
    const lengths = Array.from({ length: this.size }, (_, rank) => view.getUint32(rank * first.length));
    const longest = Math.max(...lengths);
    const isSmall = longest <= smallBytes;
    const all = isSmall ? starts : this.allGather(padded(own, longest), tag);
    return lengths.map((length, rank) => {
      const start = isSmall ? rank * first.length + lengthBytes : rank * longest;
      return deserialize(all.subarray(start, start + length)) as T;
    });
  }

  /** The value of the process `root`; the others' is ignored. */
  broadcastObject<T>(value: T, root: number, tag: string): T {
    if (this.size === 1) return value;
    const own = this.rank === root ? serialize(value) : new Uint8Array(0);
    const length = Int32Array.of(own.length);
    this.broadcast(length, root, tag);
    const data = new Uint8Array(length[0] as number);
    if (this.rank === root) data.set(own);
    this.broadcast(data, root, tag);
    return deserialize(data) as T;
  }

  /** What `body` gives in rank 0, where alone it runs, in every process. */
  fromFirst<T>(tag: string, body: () => T): T {
    // The others' value is ignored.
    return this.broadcastObject((this.rank === 0 ? body() : undefined) as T, 0, tag);
  }

  /** Starts a call of a transport's own making under the group's rules: its number, its waiting, its errors. */
  startCustom(
    kind: CallKind,
    tag: string,
    bytes: number,
    how: Pick<Call, "reduction" | "root">,
    start: (call: Call) => Operation,
  ): Work {
    if (this.#failure !== undefined) throw this.#failure;
    const call = this.#call(kind, tag, bytes, how);
    const operation = this.#remembering(() => start(call));
    return { wait: () => this.#timed(() => this.#wait(call, operation)) };
  }

  /** Tells the others that this process gives up, and why. */
  abort(reason: string): void {
    this.#transport?.abort(reason);
  }

  /** Leaves the group. */
  async close(): Promise<void> {
    await this.#transport?.close();
  }

  #start(kind: CallKind, tag: string, memory: CallMemory, how: Pick<Call, "reduction" | "root">): Work {
    const transport = this.#transport;
    if (transport === undefined) return done;
    return this.startCustom(kind, tag, memory.data.byteLength, how, (call) => transport.start(call, memory));
  }

  #call(kind: CallKind, tag: string, bytes: number, how: Pick<Call, "reduction" | "root"> = {}): Call {
    return { kind, sequence: ++this.#sequence, tag, bytes, ...how };
  }

  #wait(call: Call, operation: Operation): void {
    const { timeout, onWarning, warnAfter = 60 } = this.#options;
    let warnings = 0;
    let waited = 0;
    for (;;) {
      const started = performance.now();
      if (operation.wait(Math.min(slice, Math.max(0, timeout - waited) * 1000))) return;
      // A job that was halted and goes on has not waited all that time.
      waited += Math.min(performance.now() - started, 2 * slice) / 1000;
      if (waited >= timeout) throw this.#timedOut(call);
      if (waited < (warnings + 1) * warnAfter) continue;
      warnings++;
      onWarning(`${this.#whoIsMissing(call)} for ${Math.round(waited)} s`);
    }
  }

  #timedOut(call: Call): CollectiveError {
    const reason = `${this.#whoIsMissing(call)} within ${this.#options.timeout} s`;
    this.abort(`rank ${this.rank} gave up: ${reason}`);
    return new CollectiveError("timeout", reason, this.#transport?.missing(call.sequence) ?? []);
  }

  #whoIsMissing(call: Call): string {
    const missing = this.#transport?.missing(call.sequence) ?? [];
    const who = missing.length === 0 ? "not every rank" : nameRanks(missing);
    const verb = missing.length > 1 ? "have" : "has";
    const state = missing.length === 0 ? "has finished" : `${verb} not come to`;
    return `${who} ${state} ${describeCall(call)}`;
  }

  /** Runs something that waits, adding up the time. */
  #timed<T>(body: () => T): T {
    const started = performance.now();
    try {
      return this.#remembering(body);
    } finally {
      this.#secondsWaited += (performance.now() - started) / 1000;
    }
  }

  #remembering<T>(body: () => T): T {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return body();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }
}

function padded(data: Uint8Array, length: number): Uint8Array {
  const longer = new Uint8Array(length);
  longer.set(data);
  return longer;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
