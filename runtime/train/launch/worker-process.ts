import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { isStopCode } from "../control.ts";
import type { FailedEvent, Stamped, TrainCommand } from "../events.ts";

/** How a training process ended, and what it had said before. */
export interface WorkerEnding {
  readonly rank: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it said of its failure. */
  readonly failed: (FailedEvent & Stamped) | undefined;
  /** Why it could not be started. */
  readonly startError: Error | undefined;
  /** Whether its launcher ended it. */
  readonly isEndedByLauncher: boolean;
}

/** What a launcher does with what a training process says and does. */
export interface WorkerListener {
  event(rank: number, event: Stamped): void;
  /** A line that it printed. */
  line(rank: number, text: string): void;
  /** Called at the first sign of a failure: it says so, or ends otherwise than by finishing or stopping. */
  trouble(rank: number): void;
}

/** Milliseconds that a process which has ended may leave its output open, in the hands of others. */
const outputPatience = 2000;

/** Whether the system has process groups; Windows would open a window for a process of its own. */
const hasGroups = process.platform !== "win32";

/**
 * A training process: the program once more, in a process group of its own so that whatever it starts can be ended
 * with it. It blocks on every step; its launcher is the one that listens.
 */
export class WorkerProcess {
  readonly rank: number;
  /** Resolves when it has ended and all that it said has been heard. */
  readonly ended: Promise<WorkerEnding>;
  readonly #child: ChildProcess;
  #isEndedByLauncher = false;

  constructor(
    rank: number,
    program: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    listener: WorkerListener,
  ) {
    this.rank = rank;
    this.#child = fork(program, [...args], {
      env,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      serialization: "advanced",
      detached: hasGroups,
    });
    this.ended = this.#follow(listener);
  }

  /** Tells it what is asked. One that is ending cannot hear it any more, and need not. */
  send(command: TrainCommand): void {
    if (this.#child.connected) this.#child.send(command, () => {});
  }

  /** Whether the process is there. */
  get isRunning(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends it and whatever it started. */
  kill(): void {
    if (!this.isRunning) return;
    this.#isEndedByLauncher = true;
    this.signal("SIGKILL");
  }

  /** Sends a signal to it and whatever it started. */
  signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (hasGroups) process.kill(-pid, signal);
      else this.#child.kill(signal);
    } catch {
      // The group is empty: all have ended.
    }
  }

  async #follow(listener: WorkerListener): Promise<WorkerEnding> {
    const { rank } = this;
    const child = this.#child;
    let failed: WorkerEnding["failed"];
    child.on("message", (message) => {
      const event = message as Stamped;
      if (event.type === "failed") {
        failed = event;
        listener.trouble(rank);
      } else {
        listener.event(rank, event);
      }
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) eachLine(stream, (text) => listener.line(rank, text));
    }
    child.once("exit", (code) => {
      if (!isStopCode(code)) listener.trouble(rank);
      this.signal("SIGKILL");
    });
    const { code, signal, startError } = await ending(child);
    if (startError !== undefined) listener.trouble(rank);
    return { rank, code, signal, failed, startError, isEndedByLauncher: this.#isEndedByLauncher };
  }
}

/** Resolves when the process has ended and its output is read, or when it could not be started. */
function ending(child: ChildProcess): Promise<Pick<WorkerEnding, "code" | "signal" | "startError">> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    child.on("error", (startError) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, startError });
    });
    child.once("exit", () => {
      timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, outputPatience);
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, startError: undefined });
    });
  });
}

function eachLine(stream: Readable, heard: (line: string) => void): void {
  createInterface({ input: stream }).on("line", heard);
}
