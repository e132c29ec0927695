import { type StopSignal, stopSignals } from "../control.ts";
import type { TrainCommand } from "../events.ts";

/** Who does what is asked: the processes of an attempt. */
export interface Receiver {
  send(command: TrainCommand): void;
  /** Ends the processes, wherever they are. */
  endAtOnce(): void;
  /** Halts the processes, or lets them go on, as the shell does with a job (ctrl-Z, `fg`). */
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
}

/**
 * What is asked of a run while it goes on, by signals and by the keys of the interface. The first signal asks for a
 * clean stop, the second ends all at once. What was asked while no process was there to hear it is passed on to
 * those that come.
 */
export class Requests {
  readonly #signals: StopSignal[] = [];
  #isStopAsked = false;
  #receiver: Receiver | undefined;

  /** The signal that asked for a stop first. */
  get firstSignal(): StopSignal | undefined {
    return this.#signals[0];
  }

  /** Whether a stop was asked for, by a signal or a key. */
  get isStopAsked(): boolean {
    return this.#isStopAsked;
  }

  send(command: TrainCommand): void {
    this.#isStopAsked ||= command.type === "stop";
    this.#receiver?.send(command);
  }

  interrupt(signal: StopSignal): void {
    if (this.#signals.push(signal) === 1) this.send({ type: "stop" });
    else this.#receiver?.endAtOnce();
  }

  /** Passes requests on to `receiver` until the function that it returns is called. */
  attach(receiver: Receiver): () => void {
    this.#receiver = receiver;
    if (this.#signals.length > 1) receiver.endAtOnce();
    else if (this.#isStopAsked) receiver.send({ type: "stop" });
    return () => {
      this.#receiver = undefined;
    };
  }

  /** Hears the signals that this process gets until the function that it returns is called. */
  listen(): () => void {
    const handlers: [NodeJS.Signals, () => void][] = stopSignals.map((signal) => [
      signal,
      () => this.interrupt(signal),
    ]);
    // The processes are no longer in the terminal's group: what it does to a job is passed on to them.
    handlers.push([
      "SIGTSTP",
      () => {
        this.#receiver?.signal("SIGSTOP");
        process.kill(process.pid, "SIGSTOP");
      },
    ]);
    handlers.push(["SIGCONT", () => this.#receiver?.signal("SIGCONT")]);
    for (const [signal, handler] of handlers) process.on(signal, handler);
    return () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    };
  }
}
