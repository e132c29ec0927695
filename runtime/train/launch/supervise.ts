import type { UserInterface } from "../../ui/open.ts";
import type { DoneEvent, Stamped } from "../events.ts";
import type { Requests } from "./requests.ts";
import { type WorkerEnding, type WorkerListener, WorkerProcess } from "./worker-process.ts";

/** Milliseconds that the others have to end by themselves when one process has failed. */
const grace = 5000;

/** How the processes of one attempt ended. */
export interface AttemptEnding {
  /** In the order in which they ended. */
  readonly workers: readonly WorkerEnding[];
  /** What the first process said of the run's end. */
  readonly outcome: DoneEvent["outcome"] | undefined;
  /** Whether all were ended because a stop was asked for twice. */
  readonly isEndedAtOnce: boolean;
  /** Optimizer steps that were done. */
  readonly numSteps: number;
  /** The last checkpoint that was written. */
  readonly lastCheckpoint: string | undefined;
}

/**
 * Runs a program's training once, in one process for each environment, and shows it; resolves when all have ended.
 *
 * Where one fails, the others learn of it by themselves, as it is gone from what they do together; those that have
 * not ended 5 s later, because they hang or were stopped, are killed.
 */
export async function superviseAttempt(
  program: string,
  args: readonly string[],
  environments: readonly NodeJS.ProcessEnv[],
  requests: Requests,
  screen: UserInterface,
): Promise<AttemptEnding> {
  const attempt = new Attempt(screen, environments.length);
  return attempt.run(program, args, environments, requests);
}

class Attempt implements WorkerListener {
  readonly #screen: UserInterface;
  readonly #size: number;
  #workers: readonly WorkerProcess[] = [];
  #timer: NodeJS.Timeout | undefined;
  #outcome: AttemptEnding["outcome"];
  #lastCheckpoint: string | undefined;
  #numSteps = 0;
  #isEndedAtOnce = false;

  constructor(screen: UserInterface, size: number) {
    this.#screen = screen;
    this.#size = size;
  }

  async run(
    program: string,
    args: readonly string[],
    environments: readonly NodeJS.ProcessEnv[],
    requests: Requests,
  ): Promise<AttemptEnding> {
    this.#workers = environments.map((env, rank) => new WorkerProcess(rank, program, args, env, this));
    const detach = requests.attach({
      send: (command) => this.#each((worker) => worker.send(command)),
      endAtOnce: () => {
        this.#isEndedAtOnce = true;
        this.#each((worker) => worker.kill());
      },
      signal: (signal) => this.#each((worker) => worker.signal(signal)),
    });
    const ended: WorkerEnding[] = [];
    try {
      await Promise.all(this.#workers.map(async (worker) => void ended.push(await worker.ended)));
    } finally {
      clearTimeout(this.#timer);
      detach();
    }
    return {
      workers: ended,
      outcome: this.#outcome,
      isEndedAtOnce: this.#isEndedAtOnce,
      numSteps: this.#numSteps,
      lastCheckpoint: this.#lastCheckpoint,
    };
  }

  /** Shows what the first process says, and the warnings of the others. */
  event(rank: number, event: Stamped): void {
    if (rank > 0) {
      if (event.type === "message" && event.level === "warning") this.#screen.handle({ ...event, rank });
      return;
    }
    // That it stops where another has failed is no news of the run, which may be started again.
    const hasFailed = this.#timer !== undefined;
    if (hasFailed && (event.type === "phase" || (event.type === "done" && event.outcome === "stopped")))
      return;
    if (event.type === "done") this.#outcome = event.outcome;
    if (event.type === "step") this.#numSteps++;
    if (event.type === "checkpoint") this.#lastCheckpoint = event.path;
    this.#screen.handle(event);
  }

  line(rank: number, text: string): void {
    this.#screen.log(this.#size === 1 ? text : `[${rank}] ${text}`);
  }

  trouble(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#endRest(), grace);
    // Those that are still at their start have nothing in common yet that would tell them.
    this.#each((worker) => worker.send({ type: "stop" }));
  }

  #endRest(): void {
    for (const worker of this.#workers.filter(({ isRunning }) => isRunning)) {
      const text = `rank ${worker.rank} has not ended ${grace / 1000} s after the run failed, and is killed`;
      if (this.#size > 1) {
        this.#screen.handle({ type: "message", level: "warning", text, time: Date.now() });
      }
      worker.kill();
    }
  }

  #each(act: (worker: WorkerProcess) => void): void {
    this.#workers.forEach(act);
  }
}
