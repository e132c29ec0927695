import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Call } from "../call.ts";
import { type Line, readLines } from "../lines.ts";
import type { Address, Failure, Peer } from "./messages.ts";

/** What a connection is for: words between two processes, or data from a process to the next in the ring. */
type Purpose = "words" | "data";

/** What one process tells another. */
export type Word = { readonly call: Call } | { readonly failure: Failure } | { readonly leaving: true };

/** Told what happens between this process and the others. */
export interface MeshEvents {
  heard(rank: number, word: Word): void;
  /** The connection to a process has ended. */
  ended(rank: number): void;
  /** The process after in the ring has connected, to receive data. */
  dataAsked(socket: Socket): void;
  /** A process has connected. */
  joined(): void;
}

/** Longest line, in bytes: a call's tag is in it. */
const maxLine = 64 << 10;
/** Milliseconds for one who connects to say who it is. */
const greetingTimeout = 10_000;

/** Connections between all processes, two by two, for the words that go ahead of data; the later rank connects. */
export class Mesh {
  readonly #rank: number;
  readonly #secret: string;
  readonly #events: MeshEvents;
  readonly #server: Server;
  readonly #others = new Map<number, Socket>();

  constructor(rank: number, secret: string, events: MeshEvents) {
    this.#rank = rank;
    this.#secret = secret;
    this.#events = events;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  get numJoined(): number {
    return this.#others.size;
  }

  /** Listens in a folder, or on the loopback interface where there is none. */
  listen(folder: string | undefined): Promise<Address> {
    const host = "127.0.0.1";
    const path = folder === undefined ? undefined : join(folder, String(this.#rank));
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(path === undefined ? { host, port: 0 } : { path }, () => {
        const address = this.#server.address();
        if (path !== undefined) resolve({ path });
        else if (typeof address === "object" && address !== null) resolve({ host, port: address.port });
      });
    });
  }

  connect(rank: number, peer: Peer): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ ...peer.address, noDelay: true });
      socket.once("error", reject).once("connect", () => {
        socket.off("error", reject);
        socket.write(greeting(peer, this.#rank, "words"));
        this.#join(rank, socket);
        readLines(
          socket,
          () => maxLine,
          (line) => this.#events.heard(rank, line as unknown as Word),
          () => socket.destroy(),
        );
        resolve();
      });
    });
  }

  /** Lets nobody in any more: all have come. */
  stopListening(): void {
    this.#server.close();
  }

  tell(word: Word): void {
    const line = `${JSON.stringify(word)}\n`;
    for (const socket of this.#others.values()) if (socket.writable) socket.write(line);
  }

  /** Sends what has been told, and ends. */
  async end(): Promise<void> {
    this.#server.close();
    await Promise.all(
      Array.from(this.#others.values(), (socket) => {
        if (socket.destroyed) return undefined;
        return new Promise((resolve) => {
          socket.once("close", resolve).end(() => socket.destroy());
        });
      }),
    );
  }

  #join(rank: number, socket: Socket): void {
    this.#others.set(rank, socket);
    // One that breaks is closed.
    socket.on("error", () => {}).once("close", () => this.#events.ended(rank));
    this.#events.joined();
  }

  #accept(socket: Socket): void {
    const limit = setTimeout(() => socket.destroy(), greetingTimeout);
    let from: number | undefined;
    socket.on("error", () => {}).once("close", () => clearTimeout(limit));
    const greeted = ({ secret, rank, purpose }: Line): void => {
      if (secret !== this.#secret || typeof rank !== "number") return void socket.destroy();
      clearTimeout(limit);
      if (purpose === "data") return void this.#events.dataAsked(socket);
      from = rank;
      this.#join(rank, socket);
    };
    readLines(
      socket,
      () => maxLine,
      (line) => (from === undefined ? greeted(line) : this.#events.heard(from, line as unknown as Word)),
      () => socket.destroy(),
    );
  }
}

/** What one who connects says first. */
export function greeting({ secret }: Peer, rank: number, purpose: Purpose): string {
  return `${JSON.stringify({ secret, rank, purpose })}\n`;
}
