import type { TrainCommand, TrainEvent } from "./events.ts";

/** A signal that asks a process to end, and the exit code that says it did. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGUSR1: 143 } as const;
export type StopSignal = keyof typeof exitCodes;
export const stopSignals = Object.keys(exitCodes) as readonly StopSignal[];

/** The exit code of a process that stopped cleanly on `signal` (128 + its number; SIGUSR1 counts as SIGTERM). */
export function exitCodeOf(signal: StopSignal): number {
  return exitCodes[signal];
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

  /** Why the run must end, when it must: a signal, or `asked` for a key or the launcher's end. */
  get stopReason(): StopSignal | "asked" | undefined {
    return this.#stop;
  }

  get paused(): boolean {
    return this.#paused && this.#stop === undefined;
  }

  receive(command: TrainCommand): void {
    if (command.type === "pause") this.#paused = true;
    if (command.type === "resume") this.#paused = false;
    if (command.type === "checkpoint") this.#checkpoint = true;
    if (command.type === "stop") this.#stop ??= "asked";
    this.#wake?.();
  }

  stop(signal: StopSignal): void {
    this.#stop ??= signal;
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

/**
 * Connects `control` to this process: commands from a launcher, its death, and signals.
 *
 * Under a launcher of ours SIGINT is ignored here: a terminal sends it to both processes, and the launcher
 * then asks to stop. Returns a function that disconnects everything, so that the process can end.
 */
export function connect(control: Control): () => void {
  const launched = process.send !== undefined;
  const onMessage = (message: unknown) => control.receive(message as TrainCommand);
  const onDisconnect = () => control.receive({ type: "stop" });
  const handlers = stopSignals.map((signal) => {
    const handler = () => {
      if (!launched || signal !== "SIGINT") control.stop(signal);
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
