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

/**
 * What has been asked of a training process and not been done yet. The trainer looks between two steps, so a
 * request never meets a half-updated model.
 */
export class Control {
  #paused = false;
  #checkpoint = false;
  #stop: StopSignal | "asked" | undefined;
  #wake: (() => void) | undefined;
  readonly #abort = new AbortController();

  /** Why the run must end, when it must: a signal, or `asked` for a key or the launcher's end. */
  get stopReason(): StopSignal | "asked" | undefined {
    return this.#stop;
  }

  /** Aborted with {@link StopRequested} when the run must end: for what waits, such as a download. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get paused(): boolean {
    return this.#paused && this.#stop === undefined;
  }

  receive(command: TrainCommand): void {
    if (command.type === "pause") this.#paused = true;
    if (command.type === "resume") this.#paused = false;
    if (command.type === "checkpoint") this.#checkpoint = true;
    if (command.type === "stop") this.stop("asked");
    this.#wake?.();
  }

  stop(reason: StopSignal | "asked"): void {
    this.#stop ??= reason;
    this.#abort.abort(new StopRequested());
    this.#wake?.();
  }

  /** Whether a checkpoint was asked for since the last call. */
  takeCheckpointRequest(): boolean {
    const asked = this.#checkpoint;
    this.#checkpoint = false;
    return asked;
  }

  /** Lets waiting messages and signals arrive: steps block the event loop. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /** Resolves at the next request. */
  async nextRequest(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
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
