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
  /** Which of the process's cases this is: what one group agreed on is none of the next one's. */
  readonly call: number;
  readonly open: string;
  readonly cases: string;
  readonly name: string;
  readonly args: unknown;
  readonly timeout: number;
  readonly warnAfter: number;
}

export type ToMember =
  | { readonly type: "run"; readonly orders: Orders }
  /** No more orders will come: the process ends with 0 when it is done. */
  | { readonly type: "end" }
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
  const processes = startAll(size, options);
  for (const one of processes) {
    one.order(options, 0);
    one.end();
  }
  onTestFinished(() => killAll(processes));
  const at = (rank: number): Process => {
    const found = processes[rank];
    if (found === undefined) throw new Error(`there is no rank ${rank} of ${size}`);
    return found;
  };
  return {
    pids: processes.map(({ child }) => child.pid ?? 0),
    reported: (rank, fits) => at(rank).reported(fits),
    signal(rank, signal) {
      at(rank).child.kill(signal);
      return Date.now();
    },
    async outcomes(seconds = 60) {
      const limit = setTimeout(() => void killAll(processes), 1000 * seconds);
      try {
        return (await Promise.all(processes.map(({ closed }) => closed))) as Outcome<Value>[];
      } finally {
        clearTimeout(limit);
      }
    },
  };
}

/** Runs a case in `size` processes and returns their values; throws the first failure, with what it printed. */
export async function runProcesses<Args, Value>(size: number, options: GroupOptions<Args>): Promise<Value[]> {
  const outcomes = await startProcesses<Args, Value>(size, options).outcomes();
  return outcomes.map((outcome, rank) => {
    if (outcome.code === 0) return outcome.value as Value;
    throw ended(rank, size, outcome);
  });
}

/** Processes that run cases one after another, each in groups of its own: they start once for all. */
export class Crew {
  readonly #size: number;
  #processes: readonly Process[] = [];
  #calls = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Runs a case in all and returns their values; throws the first failure, after which others take their place. */
  async run<Args, Value>(options: GroupOptions<Args>): Promise<Value[]> {
    if (this.#processes.length === 0) this.#processes = startAll(this.#size, options);
    const call = this.#calls++;
    try {
      return await Promise.all(
        this.#processes.map(async (one, rank) => {
          one.order(options, call);
          const early = one.closed.then((outcome) => Promise.reject(ended(rank, this.#size, outcome)));
          return (await Promise.race([one.answer(), early])) as Value;
        }),
      );
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  async end(): Promise<void> {
    const processes = this.#processes;
    this.#processes = [];
    await killAll(processes);
  }
}

const ended = (rank: number, size: number, { code, failure, stderr }: Outcome<unknown>): Error =>
  new Error(`rank ${rank} of ${size} ended with ${code}: ${failure?.stack ?? "no error"}\n${stderr}`);

async function killAll(processes: readonly Process[]): Promise<void> {
  for (const { child } of processes) child.kill("SIGKILL");
  await Promise.all(processes.map(({ closed }) => closed));
}

/** Starts processes that find each other by what they set and get here. */
function startAll(size: number, options: Pick<GroupOptions<unknown>, "environment" | "runner">): Process[] {
  const store = new Map<string, string>();
  const asked = new Map<string, Process[]>();
  const processes = Array.from({ length: size }, (_, rank) => new Process(rank, size, options));
  for (const one of processes) {
    one.child.on("message", (message: FromMember) => {
      if (message.type === "set") {
        const { key, value } = message;
        store.set(key, value);
        for (const other of asked.get(key) ?? []) other.send({ type: "value", key, value });
        asked.delete(key);
      }
      if (message.type !== "get") return;
      const { key } = message;
      const value = store.get(key);
      if (value !== undefined) one.send({ type: "value", key, value });
      else asked.set(key, [...(asked.get(key) ?? []), one]);
    });
  }
  return processes;
}

class Process {
  readonly child: ChildProcess;
  readonly closed: Promise<Outcome<unknown>>;
  readonly #rank: number;
  readonly #size: number;
  readonly #reports: Report[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(
    rank: number,
    size: number,
    { environment, runner }: Pick<GroupOptions<unknown>, "environment" | "runner">,
  ) {
    this.#rank = rank;
    this.#size = size;
    const [command = "", ...words] = [
      ...(runner?.(rank) ?? []),
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
    let value: unknown;
    let failure: Failure | undefined;
    child.on("message", (message: FromMember) => {
      if (message.type === "value") value = message.value;
      if (message.type === "failed") failure = message.failure;
      if (message.type !== "report") return;
      this.#reports.push(message);
      for (const listener of this.#listeners) listener();
    });
    this.closed = once(child, "close").then(([code, signal]) => {
      for (const listener of this.#listeners) listener();
      return { value, failure, code: signal ?? code, stderr };
    });
  }

  /** Has it run a case, after those that it was told of before. */
  order(options: GroupOptions<unknown>, call: number): void {
    const { open, cases, name, args, timeout = 30, warnAfter = 60 } = options;
    const [rank, size] = [this.#rank, this.#size];
    const orders = { rank, size, call, open: open.href, cases: cases.href, name, args, timeout, warnAfter };
    this.send({ type: "run", orders });
  }

  /** Has it end with 0 once it has run its cases. */
  end(): void {
    this.send({ type: "end" });
  }

  /** The value of the case that it runs; never settles where the case does not come to that. */
  answer(): Promise<unknown> {
    return new Promise((resolve) => {
      const take = (message: FromMember): void => {
        if (message.type !== "value") return;
        this.child.off("message", take);
        resolve(message.value);
      };
      this.child.on("message", take);
    });
  }

  send(message: ToMember): void {
    this.child.send(message, () => {
      // One that has ended needs no word.
    });
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
