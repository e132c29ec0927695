import type { Collectives } from "../distributed/collectives.ts";
import type { TrainCommand, TrainEvent } from "./events.ts";

/** A signal that asks a process to end, and the exit code that says it did (128 + its number). */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143, SIGUSR1: 143 } as const;
export type StopSignal = keyof typeof exitCodes;
export const stopSignals = Object.keys(exitCodes) as readonly StopSignal[];

/** The exit code of a process that stopped cleanly on `signal`; SIGUSR1, a scheduler's warning, counts as SIGTERM. */
export function exitCodeOf(signal: StopSignal): number {
  return exitCodes[signal];
}

/** Whether a process that ended with `code` said that it had stopped cleanly. */
export function isStopCode(code: number | null): boolean {
  return code === 0 || Object.values(exitCodes).some((one) => one === code);
}

/** Ends what is under way when a stop was asked for before there is anything to go on from. */
export class StopRequested extends Error {
  override readonly name = "StopRequested";

  constructor() {
    super("a stop was asked for");
  }
}

/** What a process has been asked for so far. */
interface Requests {
  readonly stop: StopSignal | "asked" | undefined;
  readonly paused: boolean;
  /** How many checkpoints. */
  readonly checkpoints: number;
}

const nothing: Requests = { stop: undefined, paused: false, checkpoints: 0 };

/** How long processes that are paused wait before they ask each other again, in milliseconds. */
const pausedInterval = 500;

/**
 * What has been asked of a training process and not been done yet. The trainer looks between two steps, so a
 * request never meets a half-updated model, and the processes of a job agree on the step: a request to one of
 * them is one to all, at the {@link agree} that follows.
 */
export class Control {
  #own = nothing;
  #agreed = nothing;
  #checkpointsTaken = 0;
  #wake: (() => void) | undefined;
  readonly #abort = new AbortController();

  /** Why the run must end, when it is agreed that it must: a signal, or `asked` for a key or the launcher's end. */
  get stopReason(): StopSignal | "asked" | undefined {
    return this.#agreed.stop;
  }

  /** Why this process was asked to end, agreed or not. */
  get ownStopReason(): StopSignal | "asked" | undefined {
    return this.#own.stop;
  }

  /** Aborted with {@link StopRequested} when this process must end: for what waits, such as a download. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get paused(): boolean {
    return this.#agreed.paused && this.#agreed.stop === undefined;
  }

  receive(command: TrainCommand): void {
    if (command.type === "pause") this.#ask({ paused: true });
    if (command.type === "resume") this.#ask({ paused: false });
    if (command.type === "checkpoint") this.#ask({ checkpoints: this.#own.checkpoints + 1 });
    if (command.type === "stop") this.stop("asked");
  }

  stop(reason: StopSignal | "asked"): void {
    this.#abort.abort(new StopRequested());
    this.#ask({ stop: this.#own.stop ?? reason });
  }

  /** Whether a checkpoint was asked for since the last call. */
  takeCheckpointRequest(): boolean {
    const { checkpoints } = this.#agreed;
    const asked = checkpoints > this.#checkpointsTaken;
    this.#checkpointsTaken = checkpoints;
    return asked;
  }

  /** Lets waiting messages and signals arrive: steps block the event loop. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /** Lets waiting messages and signals arrive, and agrees with the other processes on what has been asked. */
  async agree(processes: Collectives): Promise<void> {
    await this.listen();
    const all = processes.gatherObjects(this.#own, "requests");
    this.#agreed = {
      stop: all.find(({ stop }) => stop !== undefined)?.stop,
      paused: all.some(({ paused }) => paused),
      checkpoints: Math.max(...all.map(({ checkpoints }) => checkpoints)),
    };
  }

  /** Resolves after the next request to any of the processes, agreed. */
  async nextRequest(processes: Collectives): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      // Others may have been asked; alone there is nothing to look for.
      if (processes.size > 1) setTimeout(resolve, pausedInterval);
    });
    this.#wake = undefined;
    await this.agree(processes);
  }

  #ask(request: Partial<Requests>): void {
    this.#own = { ...this.#own, ...request };
    this.#wake?.();
  }
}

/** Sends an event to whoever shows the run. */
export type Send = (event: TrainEvent) => void;

/** Signals that a terminal sends to all of its processes: under a launcher, that one decides. */
const terminalSignals: ReadonlySet<StopSignal> = new Set(["SIGINT", "SIGHUP"]);

/**
 * Connects `control` to this process: commands from a launcher, its death, and signals. The first signal asks
 * for a clean stop; the second has its usual effect, which is to end the process at once, within a step too.
 *
 * Returns a function that disconnects everything, so that the process can end.
 */
export function connect(control: Control): () => void {
  const launched = process.send !== undefined;
  const onMessage = (message: unknown) => control.receive(message as TrainCommand);
  const onDisconnect = () => control.receive({ type: "stop" });
  const handlers = stopSignals.map((signal) => {
    const handler = () => {
      if (launched && terminalSignals.has(signal)) return;
      control.stop(signal);
      process.off(signal, handler);
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  process.on("message", onMessage);
  process.on("disconnect", onDisconnect);
  return () => {
    for (const off of handlers) off();
    process.off("message", onMessage);
    process.off("disconnect", onDisconnect);
    if (process.connected) process.disconnect();
  };
}
