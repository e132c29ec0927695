// The thread that owns a process's sockets: it takes calls from the main thread, which blocks, and carries them out.
import { parentPort, workerData } from "node:worker_threads";
import { type Call, encodeCall, requireSameCall } from "../call.ts";
import { CollectiveError } from "../errors.ts";
import { greeting, Mesh, type Word } from "./mesh.ts";
import {
  type CallOrder,
  type Failure,
  type FromThread,
  fields,
  type Peer,
  type ThreadData,
  type ToThread,
} from "./messages.ts";
import { planCall } from "./plan.ts";
import { Ring } from "./ring.ts";

class SocketThread {
  readonly #data: ThreadData;
  readonly #shared: Int32Array;
  readonly #mesh: Mesh;
  readonly #ring: Ring;
  /** By the number of a call what each rank has said about it. */
  readonly #words = new Map<number, Uint8Array[]>();
  /** Processes that have said that they leave, and those whose connection has ended. */
  readonly #leaving = new Set<number>();
  readonly #gone = new Set<number>();
  /** Calls to make; the first may be under way. */
  readonly #orders: CallOrder[] = [];
  #isRunning = false;
  #hasFailed = false;
  #isLeaving = false;
  #whole: (() => void) | undefined;

  constructor(data: ThreadData) {
    this.#data = data;
    const { rank, size } = data;
    this.#shared = new Int32Array(data.shared);
    this.#mesh = new Mesh(rank, data.secret, {
      heard: (other, word) => this.#heard(other, word),
      ended: (other) => this.#ended(other),
      dataAsked: (socket) => {
        this.#ring.acceptAfter(socket);
        this.#joined();
      },
      joined: () => this.#joined(),
    });
    this.#ring = new Ring(size, (which) => this.#broken((rank + (which === "after" ? 1 : size - 1)) % size));
  }

  async take(message: ToThread): Promise<void> {
    if (message.type === "call") this.#order(message);
    if (message.type === "connect") await this.#connect(message.peers);
    if (message.type === "abort") {
      const { rank } = this.#data;
      this.#fail({ failure: "aborted", message: message.reason, ranks: [rank] }, "and tell");
    }
    if (message.type === "close") await this.#close();
  }

  async listen(): Promise<void> {
    send({ type: "listening", address: await this.#mesh.listen(this.#data.folder) });
  }

  /** A defect of this thread: the main thread, which waits for it, must learn of it. */
  crashed(error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#fail({ failure: "defect", message: `the socket thread failed: ${message}`, ranks: [] }, "and tell");
  }

  async #connect(peers: readonly Peer[]): Promise<void> {
    const { rank, size } = this.#data;
    if (size > 1) {
      const whole = new Promise<void>((resolve) => {
        this.#whole = resolve;
      });
      const before = (rank + size - 1) % size;
      const { address } = peers[before] as Peer;
      const data = this.#ring.connectBefore(address, greeting(peers[before] as Peer, rank, "data"));
      const words = peers
        .slice(0, rank)
        .map((peer, other) => this.#reach(other, this.#mesh.connect(other, peer)));
      await Promise.all([...words, this.#reach(before, data)]);
      this.#joined();
      await whole;
    }
    this.#mesh.stopListening();
    send({ type: "connected" });
  }

  /** A process that cannot be reached has ended since it told where it listens. */
  async #reach(rank: number, connected: Promise<void>): Promise<void> {
    try {
      await connected;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `rank ${rank} cannot be reached: ${reason}`;
      this.#fail({ failure: "peer-lost", message, ranks: [rank] }, "and tell");
    }
  }

  #joined(): void {
    if (this.#mesh.numJoined === this.#data.size - 1 && this.#ring.isWhole) this.#whole?.();
  }

  async #close(): Promise<void> {
    this.#isLeaving = true;
    this.#mesh.tell({ leaving: true });
    await Promise.all([this.#mesh.end(), this.#ring.end()]);
    send({ type: "closed" });
  }

  #order(order: CallOrder): void {
    if (this.#hasFailed) return;
    const { call } = order;
    this.#mesh.tell({ call });
    this.#orders.push(order);
    this.#said(this.#data.rank, call);
  }

  #heard(rank: number, word: Word): void {
    if ("call" in word) this.#said(rank, word.call);
    if ("failure" in word) this.#fail(word.failure);
    if ("leaving" in word) this.#leaving.add(rank);
  }

  #said(rank: number, call: Call): void {
    const { sequence } = call;
    const said = this.#words.get(sequence) ?? [];
    said[rank] = encodeCall(call);
    this.#words.set(sequence, said);
    Atomics.store(this.#shared, fields.announced + rank, sequence);
    this.#next();
  }

  #ended(rank: number): void {
    this.#gone.add(rank);
    // Who has left in order has sent all that others need from it; who was killed may not have.
    if (this.#isRunning && !this.#leaving.has(rank)) this.#lost(rank);
    else this.#next();
  }

  /** Carries out the first call, once all ranks have come to it. */
  #next(): void {
    const order = this.#orders[0];
    if (order === undefined || this.#isRunning || this.#hasFailed || this.#isLeaving) return;
    const { rank, size } = this.#data;
    const { call, data, output } = order;
    const said = this.#words.get(call.sequence) ?? [];
    const missing = Array.from({ length: size }, (_, other) => other).filter(
      (other) => said[other] === undefined,
    );
    const lost = missing.find((other) => this.#gone.has(other));
    if (lost !== undefined) return void this.#lost(lost);
    if (missing.length > 0) return;
    try {
      requireSameCall(rank, said);
    } catch (error) {
      if (!(error instanceof CollectiveError)) throw error;
      // The others have all words too, or will have.
      return void this.#fail(error);
    }
    this.#isRunning = true;
    const plan = planCall(call, { data, ...(output !== undefined && { output }) }, rank, size);
    this.#ring.run(plan, () => this.#done(call));
  }

  #done({ sequence }: Call): void {
    if (this.#hasFailed) return;
    this.#isRunning = false;
    this.#orders.shift();
    this.#words.delete(sequence);
    Atomics.add(this.#shared, fields.numDone, 1);
    this.#wake();
    this.#next();
  }

  #broken(neighbour: number): void {
    if (this.#isRunning && !this.#isLeaving) this.#lost(neighbour);
  }

  #lost(rank: number): void {
    const how = this.#leaving.has(rank) ? "has left the job" : "has ended";
    this.#fail({ failure: "peer-lost", message: `rank ${rank} ${how}`, ranks: [rank] }, "and tell");
  }

  #fail({ failure, message, ranks }: Failure, others?: "and tell"): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    const found: Failure = { failure, message, ranks };
    if (others !== undefined) this.#mesh.tell({ failure: found });
    this.#data.failures.postMessage(found);
    send({ type: "failed", failure: found });
    Atomics.store(this.#shared, fields.hasFailed, 1);
    this.#wake();
  }

  #wake(): void {
    Atomics.add(this.#shared, fields.changes, 1);
    Atomics.notify(this.#shared, fields.changes);
  }
}

function send(message: FromThread): void {
  parentPort?.postMessage(message);
}

const thread = new SocketThread(workerData as ThreadData);
const crashed = (error: unknown): void => thread.crashed(error);
process.on("uncaughtException", crashed).on("unhandledRejection", crashed);
parentPort?.on("message", (message: ToThread) => void thread.take(message));
await thread.listen();
