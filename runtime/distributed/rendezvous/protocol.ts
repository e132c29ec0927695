import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Socket } from "node:net";

/** The first thing that a server says; another program that listens there says something else. */
export const protocolName = "lavis-rendezvous-1";

/** What a server says first: whoever knows the secret can answer the challenge. */
export interface Hello {
  readonly protocol: typeof protocolName;
  readonly challenge: string;
}

/** A client's answer, and its own challenge. */
export interface Knock {
  readonly rank: number;
  readonly generation: number;
  readonly challenge: string;
  readonly proof: string;
}

/**
 * Lets a client in, or says why not: it does not know the secret (`stranger`), is of an earlier attempt (`stale`),
 * or of a later one, so that the server is about to end (`early`).
 */
export type Verdict =
  | { readonly proof: string }
  | { readonly refused: "stranger" | "stale" | "early"; readonly generation: number };

/** What a client that is in asks for. Answers carry the same number. */
export type Request =
  | { readonly id: number; readonly set: string; readonly value: string }
  | { readonly id: number; readonly get: string }
  | { readonly leave: true; readonly failure?: string };

export type Answer =
  | { readonly id: number; readonly value: string }
  | { readonly id: number; readonly taken: string }
  | { readonly id: number; readonly tooMuch: string }
  /** A process has left with a failure, or was cut off without a word. */
  | { readonly lost: number; readonly failure?: string };

export function challenge(): string {
  return randomBytes(16).toString("hex");
}

/** Shows that one side knows the secret, for this connection only. */
export function prove(
  secret: string,
  side: "server" | "client",
  hello: Hello,
  knock: Omit<Knock, "proof">,
): string {
  const said = [side, hello.challenge, knock.challenge, knock.rank, knock.generation].join(" ");
  return createHmac("sha256", secret).update(said).digest("hex");
}

export function isSameProof(one: string, other: unknown): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(String(other))];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Bytes of a line of one who has not been let in, and of one who has. */
export const maxLine = { outside: 1024, inside: 1 << 20 } as const;

export function sendLine(socket: Socket, line: Hello | Knock | Verdict | Request | Answer): void {
  if (socket.writable) socket.write(`${JSON.stringify(line)}\n`);
}
