import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { Collectives } from "../../../runtime/distributed/collectives.ts";
import type { CollectiveFailure } from "../../../runtime/distributed/errors.ts";

/** A process of a group, as its case sees it. */
export interface Member {
  readonly rank: number;
  readonly size: number;
  /** Joins a group; cases that need one only leave its name out. Left when the case is over. */
  join(group?: string): Promise<Collectives>;
  /** Tells the test something, at once: it may be the last that this process does before it blocks. */
  report(event: string): void;
  /** What `body` throws; undefined where it ends well. */
  attempt(body: () => void): Failure | undefined;
}

/** What a process does: an export of a module that is named as `cases`. Arguments and value travel as JSON. */
export type Case<Args, Value> = (member: Member, args: Args) => Value | Promise<Value>;

/** An error of a process. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** When it was caught, as `Date.now()`. */
  readonly at: number;
  /** Of a `CollectiveError`. */
  readonly failure?: CollectiveFailure;
  readonly ranks?: readonly number[];
}

/** How one process ended. */
export interface Outcome<Value> {
  /** What its case returned; undefined where it did not come to that. */
  readonly value: Value | undefined;
  /** What its case threw. */
  readonly failure: Failure | undefined;
  /** The exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals | null;
  readonly stderr: string;
}

export interface GroupOptions<Args> {
  /** The module that opens the transport: it exports an `OpenTransport` as `openTransport`. */
  readonly open: URL;
  /** The module that holds the case. */
  readonly cases: URL;
  readonly name: string;
  readonly args: Args;
  /** Of the collectives, in seconds: 30 and 60 unless given. */
  readonly timeout?: number;
  readonly warnAfter?: number;
  /** Added to the environment of the processes. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The command that runs the process of a rank, to which its own is added: one that puts it on another host. */
  readonly runner?: (rank: number) => readonly string[];
}

/** What a process is told to do. */
export interface Orders {
  readonly rank: number;
  readonly size: number;
  readonly open: string;
  readonly cases: string;
  readonly name: string;
  readonly args: unknown;
  readonly timeout: number;
  readonly warnAfter: number;
}

export type ToMember =
  | { readonly type: "run"; readonly orders: Orders }
  | { readonly type: "value"; readonly key: string; readonly value: string };

export type FromMember =
  | { readonly type: "set"; readonly key: string; readonly value: string }
  | { readonly type: "get"; readonly key: string }
  | { readonly type: "report"; readonly event: string; readonly at: number }
  | { readonly type: "value"; readonly value: unknown }
  | { readonly type: "failed"; readonly failure: Failure };

/** Something that a process has reported. */
export interface Report {
  readonly event: string;
  readonly at: number;
}

/** Processes that run. */
export interface Group<Value> {
  readonly pids: readonly number[];
  /** Resolves when a process has reported something that fits; rejects when it ends before. */
  reported(rank: number, fits: string | RegExp): Promise<Report>;
  /** Sends a signal to a process, and returns when, as `Date.now()`. */
  signal(rank: number, signal: NodeJS.Signals): number;
  /** Waits for all processes to end; those that have not after `seconds` are killed, which their codes show. */
  outcomes(seconds?: number): Promise<Outcome<Value>[]>;
}

const program = fileURLToPath(new URL("./member.ts", import.meta.url));

/**
 * Starts `size` processes that all run one case. To be called in a test: whatever is still there when it is over,
 * stopped or not, is killed.
 */
export function startProcesses<Args, Value>(size: number, options: GroupOptions<Args>): Group<Value> {
  const store = new Map<string, string>();
  const asked = new Map<string, ChildProcess[]>();
  const children = Array.from({ length: size }, (_, rank) => new Process<Value>(rank, size, options));
  const give = (child: ChildProcess, key: string, value: string): void => {
    child.send({ type: "value", key, value } satisfies ToMember, () => {
      // One that has ended needs no answer.
    });
  };
  for (const { child } of children) {
    child.on("message", (message: FromMember) => {
      if (message.type === "set") {
        store.set(message.key, message.value);
        for (const other of asked.get(message.key) ?? []) give(other, message.key, message.value);
        asked.delete(message.key);
      }
      if (message.type !== "get") return;
      const value = store.get(message.key);
      if (value !== undefined) give(child, message.key, value);
      else asked.set(message.key, [...(asked.get(message.key) ?? []), child]);
    });
  }
  onTestFinished(async () => {
    for (const { child } of children) child.kill("SIGKILL");
    await Promise.all(children.map(({ closed }) => closed));
  });
  const at = (rank: number): Process<Value> => {
    const found = children[rank];
    if (found === undefined) throw new Error(`there is no rank ${rank} of ${size}`);
    return found;
  };
  return {
    pids: children.map(({ child }) => child.pid ?? 0),
    reported: (rank, fits) => at(rank).reported(fits),
    signal(rank, signal) {
      at(rank).child.kill(signal);
      return Date.now();
    },
    async outcomes(seconds = 60) {
      const limit = setTimeout(() => {
        for (const { child } of children) child.kill("SIGKILL");
      }, 1000 * seconds);
      try {
        return await Promise.all(children.map(({ closed }) => closed));
      } finally {
        clearTimeout(limit);
      }
    },
  };
}

/** Runs a case in `size` processes and returns their values; throws the first failure, with what it printed. */
export async function runProcesses<Args, Value>(size: number, options: GroupOptions<Args>): Promise<Value[]> {
  const outcomes = await startProcesses<Args, Value>(size, options).outcomes();
  return outcomes.map(({ value, failure, code, stderr }, rank) => {
    if (code === 0) return value as Value;
    throw new Error(`rank ${rank} of ${size} ended with ${code}: ${failure?.stack ?? "no error"}\n${stderr}`);
  });
}

class Process<Value> {
  readonly child: ChildProcess;
  readonly closed: Promise<Outcome<Value>>;
  readonly #reports: Report[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(rank: number, size: number, options: GroupOptions<unknown>) {
    const { open, cases, name, args, timeout = 30, warnAfter = 60, environment } = options;
    const [command = "", ...words] = [
      ...(options.runner?.(rank) ?? []),
      process.execPath,
      "--import",
      "tsx",
      program,
    ];
    const child = spawn(command, words, {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...process.env, ...environment },
    });
    this.child = child;
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr += chunk;
    });
    let value: Value | undefined;
    let failure: Failure | undefined;
    child.on("message", (message: FromMember) => {
      if (message.type === "value") value = message.value as Value;
      if (message.type === "failed") failure = message.failure;
      if (message.type !== "report") return;
      this.#reports.push(message);
      for (const listener of this.#listeners) listener();
    });
    this.closed = once(child, "close").then(([code, signal]) => {
      for (const listener of this.#listeners) listener();
      return { value, failure, code: signal ?? code, stderr };
    });
    const orders = { rank, size, open: open.href, cases: cases.href, name, args, timeout, warnAfter };
    child.send({ type: "run", orders } satisfies ToMember);
  }

  reported(fits: string | RegExp): Promise<Report> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.#reports.find(({ event }) =>
          typeof fits === "string" ? event === fits : fits.test(event),
        );
        if (found !== undefined) resolve(found);
        else if (this.child.exitCode === null && this.child.signalCode === null) return;
        else
          void this.closed.then((outcome) => reject(new Error(`it ended first: ${JSON.stringify(outcome)}`)));
        this.#listeners.delete(look);
      };
      this.#listeners.add(look);
      look();
    });
  }
}
