import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";
import { readProgramFlags } from "../parameters.ts";
import type { Recipe } from "../recipe.ts";
import { openUserInterface, type UiChoice, type UserInterface } from "../ui/open.ts";
import { exitCodeOf, isStopCode, type StopSignal, stopSignals } from "./control.ts";
import type { DoneEvent, Stamped, TrainCommand } from "./events.ts";

/**
 * What a compiled program does: trains its recipe. `programUrl` is the program's own `import.meta.url`.
 *
 * Started by a person it is the launcher: it starts itself once more as the training process and shows it.
 * With RANK in the environment (torchrun, or that launcher) it is the training process. Sets the exit code:
 * 0 finished or stopped by a key, 1 failed, 2 wrong flags, 129, 130 or 143 stopped by a signal with a checkpoint to go on from.
 */
export async function launch(recipe: Recipe, programUrl: string): Promise<void> {
  const { ui, resume } = readProgramFlags({ strict: recipe.params === undefined });
  try {
    if (process.env.RANK === undefined) {
      process.exitCode = await superviseTraining(programUrl, process.argv.slice(2), ui);
      return;
    }
    const chosen = resume === null ? recipe : { ...recipe, run: { ...recipe.run, resume_ckpt_path: resume } };
    process.exitCode = await trainAsWorker(chosen, ui);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`error: ${error.message}\n${error.hint ? `  ${error.hint}\n` : ""}`);
    process.exitCode = 2;
  }
}

/** Trains in this process: events go to the launcher that started it, or are shown here when it was another. */
async function trainAsWorker(recipe: Recipe, ui: UiChoice): Promise<number> {
  const { trainHere } = await import("./worker.ts");
  if (process.send !== undefined) {
    // The launcher may die at any moment: what cannot reach it any more must not keep this process from writing
    // its last checkpoint.
    const ignore = () => {};
    process.stdout.on("error", ignore);
    process.stderr.on("error", ignore);
    const deliver = (event: Stamped): void => {
      if (process.connected) process.send?.(event, undefined, undefined, ignore);
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
 * was stopped by a key, 128 + the signal's number when one stopped it, 1 when it failed.
 *
 * The child is the same program with RANK set. It blocks on every step, so this process is the one that keeps
 * the terminal alive. A second signal ends the child at once.
 */
async function superviseTraining(programUrl: string, args: readonly string[], ui: UiChoice): Promise<number> {
  const signals: StopSignal[] = [];
  const interrupt = (signal: StopSignal): void => {
    if (signals.push(signal) === 1) send({ type: "stop" });
    else child.kill("SIGKILL");
  };
  const send = (command: TrainCommand): void => {
    // A child that is ending cannot hear it any more, and need not.
    if (child.connected) child.send(command, () => {});
  };
  const screen = await openUserInterface(ui, { send, interrupt: () => interrupt("SIGINT") });
  const child = fork(fileURLToPath(programUrl), [...args], {
    env: { ...process.env, ...workerEnvironment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "advanced",
  });
  const handlers = stopSignals.map((signal) => {
    const handler = () => interrupt(signal);
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  try {
    const ending = await follow(child, screen);
    const { code, failure } = judge(ending, signals);
    if (failure !== undefined) {
      const { lastCheckpoint: resumeFrom } = ending;
      screen.handle({
        type: "failed",
        time: Date.now(),
        ...failure,
        ...(resumeFrom !== undefined && { resumeFrom }),
      });
    }
    return code;
  } finally {
    for (const off of handlers) off();
    await screen.close();
  }
}

/** How a training process ended, and what it had said before. */
interface Ending {
  readonly outcome: DoneEvent["outcome"] | "failed" | undefined;
  readonly lastCheckpoint: string | undefined;
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it could not be started. */
  readonly startError: Error | undefined;
}

/** Passes the child's events and output to the screen until it has ended. */
async function follow(child: ChildProcess, screen: UserInterface): Promise<Ending> {
  let outcome: Ending["outcome"];
  let lastCheckpoint: string | undefined;
  child.on("message", (message) => {
    const event = message as Stamped;
    if (event.type === "done") outcome = event.outcome;
    if (event.type === "failed") outcome = "failed";
    if (event.type === "checkpoint") lastCheckpoint = event.path;
    screen.handle(event);
  });
  const output = Promise.all([child.stdout, child.stderr].map((stream) => forwardLines(stream, screen)));
  const ended = await new Promise<Pick<Ending, "code" | "signal" | "startError">>((resolve) => {
    child.on("error", (startError) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, startError });
    });
    child.once("close", (code, signal) => resolve({ code, signal, startError: undefined }));
  });
  await output;
  return { outcome, lastCheckpoint, ...ended };
}

/** The launcher's exit code, and what went wrong where the child could not say so itself. */
function judge(
  { outcome, code, signal, startError }: Ending,
  [first, ...more]: readonly StopSignal[],
): { readonly code: number; readonly failure?: { readonly message: string; readonly hint?: string } } {
  const asked = first === undefined ? undefined : exitCodeOf(first);
  if (outcome === "failed") return { code: 1 };
  if (outcome === "finished" && code === 0) return { code: 0 };
  if (outcome === "stopped" && isStopCode(code)) return { code: asked ?? code ?? 0 };
  if (asked !== undefined && more.length > 0 && signal === "SIGKILL") {
    return { code: asked, failure: { message: "ended at once, as asked twice; the steps since are lost" } };
  }
  // The terminal's signal reached the child before it could listen.
  if (asked !== undefined && signal === first) {
    return { code: asked, failure: { message: "stopped before training began" } };
  }
  if (startError !== undefined) {
    return { code: 1, failure: { message: `the training process cannot be started: ${startError.message}` } };
  }
  const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
  const when = outcome === undefined ? "before it was done" : "after its work was done";
  const hint =
    signal === "SIGKILL"
      ? "the system may have run out of memory: lower run.batch_size_train"
      : "the lines above say more";
  return { code: 1, failure: { message: `the training process ${how} ${when}`, hint } };
}

async function forwardLines(stream: Readable | null, screen: UserInterface): Promise<void> {
  if (stream === null) return;
  for await (const line of createInterface({ input: stream })) screen.log(line);
}
