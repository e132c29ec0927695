import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import { describeEndpoint } from "../environment/describe.ts";
import { CollectiveError } from "../errors.ts";
import { type Line, readLines } from "../lines.ts";
import { timerOf } from "../timer.ts";
import {
  challenge,
  type Hello,
  isSameProof,
  maxLine,
  protocolName,
  prove,
  type Request,
  sendLine,
} from "./protocol.ts";
import { describeStale, KeyTakenError, type MeetingOptions, type Rendezvous } from "./rendezvous.ts";

export interface TcpOptions extends MeetingOptions {
  readonly host: string;
  readonly port: number;
}

/** Milliseconds between two attempts to connect, at first and at most. */
const retry = { first: 50, most: 1000 } as const;
/** Milliseconds for a server to greet and to let in. */
const greetingTimeout = 5_000;

/** What connecting may end with while the server's host, its name, or the server is not there yet. */
const passing = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** Why a connection came to nothing that may come to something later. */
class NotYet extends Error {}

/**
 * Joins the meeting point that `hostRendezvous` hosts, once it is there. Only what is waited for keeps the process
 * alive.
 * @throws UserError where there is none in time, or it does not let this process in
 */
export async function joinTcpRendezvous(options: TcpOptions): Promise<Rendezvous> {
  const { timeout, signal } = options;
  const until = performance.now() + 1000 * timeout;
  for (let pause: number = retry.first; ; pause = Math.min(2 * pause, retry.most)) {
    signal.throwIfAborted();
    try {
      return await enter(options);
    } catch (error) {
      if (!(error instanceof NotYet)) throw error;
      if (performance.now() + pause > until) {
        throw new UserError(
          `the other processes could not be met at ${describeEndpoint(options)} within ${timeout} s: ${error.message}`,
          "rank 0 listens there: see whether it runs, and whether this host reaches it by that name and port",
        );
      }
      await sleep(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

/** Connects and is let in. @throws NotYet, UserError */
function enter(options: TcpOptions): Promise<TcpRendezvous> {
  const { host, port, rank, generation, secret, signal } = options;
  const where = describeEndpoint(options);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const settle = (): void => {
      clearTimeout(limit);
      signal.removeEventListener("abort", aborted);
      socket.removeAllListeners("error").removeAllListeners("close");
    };
    const fail = (error: unknown): void => {
      settle();
      // An attempt that was given up may still end with an error of its own.
      socket.on("error", () => {});
      socket.destroy();
      reject(error);
    };
    const aborted = (): void => fail(signal.reason);
    const silent = (): void => fail(new NotYet("whatever listens there does not answer"));
    const stranger = (): void => fail(foreign(where));
    const limit = setTimeout(silent, greetingTimeout);
    signal.addEventListener("abort", aborted);
    socket.on("error", (error) => fail(connectionFailed(error, where)));
    socket.on("close", () => fail(new NotYet("whatever listens there hung up")));
    const knock = { rank, generation, challenge: challenge() };
    let hello: Hello | undefined;
    let joined: TcpRendezvous | undefined;
    const greeted = (line: Line): void => {
      if (hello === undefined) {
        if (line.protocol !== protocolName || typeof line.challenge !== "string") return void stranger();
        hello = { protocol: protocolName, challenge: line.challenge };
        sendLine(socket, { ...knock, proof: prove(secret, "client", hello, knock) });
      } else if (line.refused !== undefined) {
        fail(refusal(line, where, generation));
      } else if (!isSameProof(prove(secret, "server", hello, knock), line.proof)) {
        stranger();
      } else {
        settle();
        joined = new TcpRendezvous(socket, options);
        resolve(joined);
      }
    };
    readLines(
      socket,
      () => (joined === undefined ? maxLine.outside : maxLine.inside),
      (line) => (joined === undefined ? greeted(line) : joined.answered(line)),
      () => (joined === undefined ? stranger() : socket.destroy()),
    );
  });
}

function connectionFailed(error: NodeJS.ErrnoException, where: string): Error {
  // Where a name has several addresses and none answers, the error has their code but no words.
  if (passing.has(error.code ?? "")) return new NotYet(error.message || String(error.code));
  const message = `connecting to the other processes at ${where} failed: ${error.message}`;
  return new UserError(message, "check MASTER_ADDR and MASTER_PORT, or run.dist_url", { cause: error });
}

function foreign(where: string): UserError {
  return new UserError(
    `what listens at ${where} is no meeting point of this job's processes`,
    "another program has the port: set MASTER_PORT to a free one",
  );
}

function refusal(
  { refused, generation }: Readonly<Record<string, unknown>>,
  where: string,
  own: number,
): Error {
  if (refused === "early") return new NotYet(`attempt ${String(generation)} of the job has not ended yet`);
  if (refused === "stale") {
    return new UserError(
      `${describeStale(own, Number(generation))}: it is refused`,
      "end it: a newer one has taken its place",
    );
  }
  return new UserError(
    `this process is refused at ${where}: it has another secret than the job whose processes meet there`,
    "give all processes of a job the same LAVIS_JOB_TOKEN (or LAVIS_JOB_ID), and each job on a host a port of its own",
  );
}

interface Waiting {
  readonly key: string;
  readonly resolve: (value: string) => void;
  readonly reject: (error: Error) => void;
}

class TcpRendezvous implements Rendezvous {
  readonly #socket: Socket;
  readonly #options: TcpOptions;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #failure: Error | undefined;

  constructor(socket: Socket, options: TcpOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.unref();
    const ended = (): void =>
      this.#fail(
        new CollectiveError("peer-lost", `the rendezvous at ${describeEndpoint(options)} has ended`, []),
      );
    socket.on("error", ended).on("close", ended);
  }

  async set(key: string, value: string): Promise<void> {
    await this.#ask(key, (id) => ({ id, set: key, value }));
  }

  get(key: string): Promise<string> {
    return this.#ask(key, (id) => ({ id, get: key }));
  }

  async close(failure?: string): Promise<void> {
    const { signal } = this.#options;
    this.#fail(new Error("the rendezvous was left"));
    if (this.#socket.destroyed) return;
    const closed = new Promise<void>((resolve) => this.#socket.once("close", () => resolve()));
    this.#socket.ref();
    sendLine(this.#socket, { leave: true, ...(failure !== undefined && { failure }) });
    this.#socket.end();
    // The server ends its side too; one that cannot any more need not be waited for.
    const limit = setTimeout(() => this.#socket.destroy(), signal.aborted ? 0 : 1000);
    await closed;
    clearTimeout(limit);
  }

  #ask(key: string, request: (id: number) => Request): Promise<string> {
    const { timeout, signal } = this.#options;
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (signal.aborted) return Promise.reject(signal.reason);
    const id = ++this.#lastId;
    return new Promise<string>((resolve, reject) => {
      const aborted = (): void => this.#take(id)?.reject(signal.reason);
      const late = (): void =>
        this.#take(id)?.reject(
          new CollectiveError(
            "timeout",
            `nobody has left "${key}" at the rendezvous within ${timeout} s`,
            [],
          ),
        );
      const limit = setTimeout(late, timerOf(timeout));
      signal.addEventListener("abort", aborted);
      const done = (): void => {
        clearTimeout(limit);
        signal.removeEventListener("abort", aborted);
      };
      this.#waiting.set(id, {
        key,
        resolve: (value) => {
          done();
          resolve(value);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      this.#socket.ref();
      sendLine(this.#socket, request(id));
    });
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#socket.unref();
    return waiting;
  }

  /** Takes a line of the server. */
  answered({ id, value, taken, tooMuch, lost, failure }: Line): void {
    if (typeof lost === "number") {
      this.#fail(
        typeof failure === "string"
          ? new CollectiveError("aborted", `rank ${lost} gave up: ${failure}`, [lost])
          : new CollectiveError("peer-lost", `rank ${lost} ended while the processes were joining`, [lost]),
      );
      return;
    }
    const waiting = this.#take(Number(id));
    if (typeof taken === "string") waiting?.reject(new KeyTakenError(waiting.key, taken));
    else if (typeof tooMuch === "string") waiting?.reject(new Error(`the rendezvous takes no ${tooMuch}`));
    else waiting?.resolve(String(value));
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(this.#failure);
  }
}
