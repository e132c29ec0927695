import { fileURLToPath } from "node:url";
import { decodeEnvironment } from "../../distributed/environment/decode.ts";
import type { Topology } from "../../distributed/topology.ts";
import { UserError } from "../../errors.ts";
import { type ProgramFlags, readProgramFlags } from "../../parameters.ts";
import { completeRecipe, type Recipe } from "../../recipe.ts";
import { openUserInterface } from "../../ui/open.ts";
import type { Stamped } from "../events.ts";
import { Requests } from "./requests.ts";
import { type Job, runJob } from "./restart.ts";

/**
 * What a compiled program does: trains its recipe. `programUrl` is the program's own `import.meta.url`.
 *
 * Started by a person it is the launcher: it starts itself again as the training processes, one or as many as
 * `run.world_size` says, and shows them. Where the environment says that a launcher started it (that one, torchrun,
 * mpirun, srun, a PyTorchJob), it is one of them. Sets the exit code: 0 finished or stopped by a key, 1 failed, 2
 * wrong flags, 129, 130 or 143 stopped by a signal with a checkpoint to go on from, 124 a process hung, 128 + n
 * signal n killed one.
 */
export async function launch(recipe: Recipe, programUrl: string): Promise<void> {
  const flags = readProgramFlags({ strict: recipe.params === undefined });
  const { resume } = flags;
  try {
    const topology = decodeEnvironment(process.env);
    if (topology === undefined) {
      process.exitCode = await launchJob(recipe, programUrl, flags);
      return;
    }
    const chosen = resume === null ? recipe : { ...recipe, run: { ...recipe.run, resume_ckpt_path: resume } };
    process.exitCode = await trainAsWorker(chosen, topology, flags);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`error: ${error.message}\n${error.hint ? `  ${error.hint}\n` : ""}`);
    process.exitCode = 2;
  }
}

/** Trains in this process: events go to the launcher that started it, or are shown here when it was another. */
async function trainAsWorker(recipe: Recipe, topology: Topology, flags: ProgramFlags): Promise<number> {
  const { trainHere } = await import("../worker.ts");
  if (topology.launcher === "lavis" && process.send !== undefined) {
    // The launcher may die at any moment: what cannot reach it any more must not keep this process from writing
    // its last checkpoint.
    const ignore = () => {};
    process.stdout.on("error", ignore);
    process.stderr.on("error", ignore);
    const deliver = (event: Stamped): void => {
      if (process.connected) process.send?.(event, undefined, undefined, ignore);
    };
    return trainHere(recipe, topology, flags, deliver);
  }
  const screen = await openUserInterface(flags.ui === "json" ? "json" : "plain", {
    send: () => {},
    interrupt: () => {},
  });
  return trainHere(recipe, topology, flags, (event) => screen.handle(event));
}

/**
 * Runs a program's training in child processes, as many as the recipe says, and shows it; resolves to the exit code.
 *
 * They are the same program, told by their environment what they are. They block on every step, so this process is
 * the one that keeps the terminal alive and hears signals.
 */
async function launchJob(
  recipe: Recipe,
  programUrl: string,
  { ui, max_restarts: maxRestarts }: ProgramFlags,
): Promise<number> {
  const requests = new Requests();
  const screen = await openUserInterface(ui, {
    send: (command) => requests.send(command),
    interrupt: () => requests.interrupt("SIGINT"),
  });
  const stopListening = requests.listen();
  try {
    const job = { program: fileURLToPath(programUrl), args: process.argv.slice(2), maxRestarts };
    return await runJob({ ...job, ...processesOf(recipe) }, requests, screen);
  } finally {
    stopListening();
    await screen.close();
  }
}

/** How many processes a recipe wants. One that is wrong gets a single one, which says what is wrong with it. */
function processesOf(recipe: Recipe): Pick<Job, "size" | "hasGpuEach"> {
  try {
    const { world_size, distributed, device } = completeRecipe(recipe).run;
    const size = distributed ? world_size : 1;
    return { size, hasGpuEach: size > 1 && device === "cuda" };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { size: 1, hasGpuEach: false };
  }
}
