import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isSystemError, UserError } from "../../errors.ts";
import { describeEndpoint } from "../environment/describe.ts";
import { loopback } from "../environment/master.ts";
import { type Line, readLines } from "../lines.ts";
import {
  type Answer,
  challenge,
  type Hello,
  isSameProof,
  type Knock,
  maxLine,
  protocolName,
  prove,
  sendLine,
  type Verdict,
} from "./protocol.ts";

export interface HostOptions {
  /** Known to the processes of the job only. */
  readonly token: string;
  /** Which attempt of the job this is, from 0. */
  readonly generation: number;
  /** Where to listen: this host only unless given; undefined is every network of the host. */
  readonly host?: string | undefined;
  /** A free one unless given. */
  readonly port?: number;
  /**
   * Milliseconds to wait for a taken port: what held it, such as an earlier attempt, may be ending. None unless
   * given.
   */
  readonly patience?: number;
}

export interface HostedRendezvous {
  /** `host:port`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Milliseconds for a client to say who it is. */
const knockTimeout = 10_000;
/** Milliseconds between two looks whether a taken port is free. */
const retryEvery = 100;
/** Connections, and characters of all keys and values: far beyond any job. */
const maxConnections = 16_384;
const maxStored = 64 << 20;

/**
 * Hosts the meeting point of a job's processes. It keeps no process alive.
 * @throws UserError where it cannot listen there
 */
export async function hostRendezvous(options: HostOptions): Promise<HostedRendezvous> {
  const { token, generation, port = 0, patience = 0 } = options;
  const host = "host" in options ? options.host : loopback;
  const store = new Store();
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    socket.unref();
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // A connection that breaks is closed: `close` follows and tells the others.
    socket.on("error", () => {});
    admit(socket, token, generation, store);
  });
  server.maxConnections = maxConnections;
  server.unref();
  const listening = await listen(server, host, port, Date.now() + patience);
  return {
    address: describeEndpoint({ host: host ?? loopback, port: listening }),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      store.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function listen(
  server: Server,
  host: string | undefined,
  port: number,
  until: number,
): Promise<number> {
  for (;;) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject).listen({ port, host }, () => {
          server.off("error", reject);
          resolve();
        });
      });
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : port;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      server.removeAllListeners("error");
      const isTaken = error.code === "EADDRINUSE";
      if (!isTaken || Date.now() > until) throw cannotListen(error, isTaken, host, port);
      await sleep(retryEvery);
    }
  }
}

function cannotListen(
  cause: NodeJS.ErrnoException,
  isTaken: boolean,
  host: string | undefined,
  port: number,
): UserError {
  const where = host === undefined ? `port ${port}` : describeEndpoint({ host, port });
  const why = isTaken ? "another program has taken it" : cause.message;
  return new UserError(
    `the processes cannot meet at ${where} of this host: ${why}`,
    'set MASTER_PORT to a free port, or name one in the recipe: run.dist_url = "tcp://HOST:PORT"',
    { cause },
  );
}

/** Asks who is there, and serves who knows the secret and is of this attempt. */
function admit(socket: Socket, token: string, generation: number, store: Store): void {
  const hello: Hello = { protocol: protocolName, challenge: challenge() };
  const outside = setTimeout(() => socket.destroy(), knockTimeout);
  outside.unref();
  socket.once("close", () => clearTimeout(outside));
  let guest: Guest | undefined;
  const refuse = (refused: "stranger" | "stale" | "early"): void => {
    sendLine(socket, { refused, generation } satisfies Verdict);
    socket.end();
  };
  const knocked = (line: Line): void => {
    const knock = asKnock(line);
    if (knock === undefined || !isSameProof(prove(token, "client", hello, knock), knock.proof))
      return void refuse("stranger");
    if (knock.generation < generation) return void refuse("stale");
    if (knock.generation > generation) return void refuse("early");
    clearTimeout(outside);
    sendLine(socket, { proof: prove(token, "server", hello, knock) } satisfies Verdict);
    guest = new Guest(socket, knock.rank, store);
  };
  readLines(
    socket,
    () => (guest === undefined ? maxLine.outside : maxLine.inside),
    (line) => (guest === undefined ? knocked(line) : guest.handle(line)),
    () => socket.destroy(),
  );
  sendLine(socket, hello);
}

function asKnock({ rank, generation, challenge, proof }: Line): Knock | undefined {
  const isKnock =
    Number.isSafeInteger(rank) &&
    Number.isSafeInteger(generation) &&
    typeof challenge === "string" &&
    typeof proof === "string";
  return isKnock ? ({ rank, generation, challenge, proof } as Knock) : undefined;
}

/** A process that has been let in. */
class Guest {
  readonly #socket: Socket;
  readonly #rank: number;
  readonly #store: Store;
  #hasLeft = false;

  constructor(socket: Socket, rank: number, store: Store) {
    this.#socket = socket;
    this.#rank = rank;
    this.#store = store;
    store.enter(this);
    socket.once("close", () => {
      store.leave(this);
      if (!this.#hasLeft) store.lose({ lost: rank });
    });
  }

  handle(line: Line): void {
    const { id, set, get, value, leave, failure } = line;
    if (leave === true) {
      this.#hasLeft = true;
      if (typeof failure === "string") this.#store.lose({ lost: this.#rank, failure });
      this.#socket.end();
    } else if (typeof id === "number" && typeof set === "string" && typeof value === "string") {
      this.tell(this.#store.set(id, set, value));
    } else if (typeof id === "number" && typeof get === "string") {
      this.#store.get(get, (found) => this.tell({ id, value: found }));
    } else {
      this.#socket.destroy();
    }
  }

  tell(answer: Answer): void {
    sendLine(this.#socket, answer);
  }
}

/** What the processes have left for each other. */
class Store {
  readonly #values = new Map<string, string>();
  readonly #waiting = new Map<string, ((value: string) => void)[]>();
  readonly #guests = new Set<Guest>();
  #stored = 0;
  #lost: Answer | undefined;
  #isClosed = false;

  enter(guest: Guest): void {
    this.#guests.add(guest);
    if (this.#lost !== undefined) guest.tell(this.#lost);
  }

  leave(guest: Guest): void {
    this.#guests.delete(guest);
  }

  /**
   * Tells everyone, those who come later too, that one of them is gone: the first of them, others are its
   * consequence.
   */
  lose(lost: Answer): void {
    if (this.#isClosed || this.#lost !== undefined) return;
    this.#lost = lost;
    for (const guest of this.#guests) guest.tell(lost);
  }

  set(id: number, key: string, value: string): Answer {
    const taken = this.#values.get(key);
    if (taken !== undefined) return { id, taken };
    this.#stored += key.length + value.length;
    if (this.#stored > maxStored) return { id, tooMuch: `more than ${maxStored} characters` };
    this.#values.set(key, value);
    for (const give of this.#waiting.get(key) ?? []) give(value);
    this.#waiting.delete(key);
    return { id, value: "" };
  }

  get(key: string, give: (value: string) => void): void {
    const value = this.#values.get(key);
    if (value !== undefined) return void give(value);
    const others = this.#waiting.get(key);
    if (others === undefined) this.#waiting.set(key, [give]);
    else others.push(give);
  }

  /** From here on nobody is lost: the guests are sent away. */
  close(): void {
    this.#isClosed = true;
  }
}
