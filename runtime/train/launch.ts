import { type ChildProcess, fork } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { readProgramFlags } from "../parameters.ts";
import type { Recipe } from "../recipe.ts";
import { openUserInterface, type UiChoice, type UserInterface } from "../ui/open.ts";
import { exitCodeOf, type StopSignal, stopSignals } from "./control.ts";
import type { DoneEvent, Stamped, TrainCommand } from "./events.ts";

/**
 * What a compiled program does: trains its recipe. `programUrl` is the program's own `import.meta.url`.
 *
 * Started by a person it is the launcher: it starts itself once more as the training process and shows it.
 * With RANK in the environment (torchrun, or that launcher) it is the training process. Sets the exit code:
 * 0 finished or stopped by a key, 1 failed, 130 or 143 stopped by a signal with a checkpoint to go on from.
 */
export async function launch(recipe: Recipe, programUrl: string): Promise<void> {
  const { ui, resume } = readProgramFlags({ strict: recipe.params === undefined });
  if (process.env.RANK === undefined) {
    process.exitCode = await superviseTraining(programUrl, process.argv.slice(2), ui);
    return;
  }
  const chosen =
    resume === null ? recipe : { ...recipe, run: { ...recipe.run, resume_ckpt_path: resolve(resume) } };
  process.exitCode = await trainAsWorker(chosen, ui);
}

/** Trains in this process: events go to the launcher that started it, or are shown here when it was another. */
async function trainAsWorker(recipe: Recipe, ui: UiChoice): Promise<number> {
  const { trainHere } = await import("./worker.ts");
  if (process.send !== undefined) {
    const deliver = (event: Stamped): void => {
      if (process.connected) process.send?.(event);
    };
    return trainHere(recipe, deliver);
  }
  const screen = await openUserInterface(ui === "json" ? "json" : "plain", {
    send: () => {},
    interrupt: () => {},
  });
  const size = process.env.WORLD_SIZE ?? "1";
  if (size !== "1") {
    const message = `WORLD_SIZE is ${size}, but this version trains in one process`;
    const hint = "start it with one process: --nproc_per_node=1";
    screen.handle({ type: "failed", time: Date.now(), message, hint });
    return 1;
  }
  return trainHere(recipe, (event) => screen.handle(event));
}

/** The environment of a worker that this launcher starts: one process on one host. */
const workerEnvironment = { RANK: "0", LOCAL_RANK: "0", WORLD_SIZE: "1" };

/**
 * Runs a program's training in a child process and shows it; resolves to the exit code: 0 when it finished or
 * was stopped by a key, 130 or 143 when a signal stopped it cleanly, 1 when it failed.
 *
 * The child is the same program with RANK set. It blocks on every step, so this process is the one that keeps
 * the terminal alive. A second signal ends the child at once.
 */
export async function superviseTraining(
  programUrl: string,
  args: readonly string[],
  ui: UiChoice,
): Promise<number> {
  const child = fork(fileURLToPath(programUrl), [...args], {
    env: { ...process.env, ...workerEnvironment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "advanced",
  });
  const send = (command: TrainCommand): void => {
    if (child.connected) child.send(command);
  };
  const screen = await openUserInterface(ui, { send, interrupt: () => interrupt("SIGINT") });

  let stoppedBy: StopSignal | undefined;
  const interrupt = (signal: StopSignal): void => {
    if (stoppedBy !== undefined) {
      child.kill("SIGKILL");
      return;
    }
    stoppedBy = signal;
    send({ type: "stop" });
  };
  const handlers = stopSignals.map((signal) => {
    const handler = () => interrupt(signal);
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });

  const outcome = await follow(child, screen);
  for (const off of handlers) off();
  await screen.close();
  if (outcome === "failed") return 1;
  return stoppedBy !== undefined && outcome === "stopped" ? exitCodeOf(stoppedBy) : 0;
}

/** Passes the child's events and output to the screen until it has ended; says how it ended. */
async function follow(child: ChildProcess, screen: UserInterface): Promise<DoneEvent["outcome"] | "failed"> {
  let outcome: DoneEvent["outcome"] | "failed" | undefined;
  child.on("message", (message) => {
    const event = message as Stamped;
    if (event.type === "done") outcome = event.outcome;
    if (event.type === "failed") outcome = "failed";
    screen.handle(event);
  });
  const output = Promise.all([child.stdout, child.stderr].map((stream) => forwardLines(stream, screen)));
  const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once("error", () => resolve({ code: 1, signal: null }));
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  await output;
  if (outcome !== undefined && (code === 0 || outcome === "failed")) return outcome;
  screen.handle({
    type: "failed",
    time: Date.now(),
    message: signal
      ? `the training process was ended by ${signal}`
      : `the training process ended with exit code ${code} before it was done`,
    hint:
      signal === "SIGKILL"
        ? "the system may have run out of memory: lower run.batch_size_train; go on with resume_ckpt_path"
        : "the lines above it say more; go on from the last checkpoint with resume_ckpt_path",
  });
  return "failed";
}

async function forwardLines(stream: Readable | null, screen: UserInterface): Promise<void> {
  if (stream === null) return;
  for await (const line of createInterface({ input: stream })) screen.log(line);
}
