import { dataPath } from "../cache.ts";
import { findCheckpoint } from "../checkpoint/store.ts";
import { UserError } from "../errors.ts";
import { type CompleteRecipe, completeRecipe, type Recipe } from "../recipe.ts";
import { Control, connect, exitCodeOf, type Send, StopRequested } from "./control.ts";
import type { Stamped } from "./events.ts";
import { createRunFolder, type RunFolder } from "./output.ts";
import { runRecipe } from "./run.ts";
import { openSession } from "./session.ts";

/** Events that `log.jsonl` keeps: all but those that only move a progress bar. */
const unlogged: ReadonlySet<string> = new Set(["evaluate_progress"]);

/** Trains a recipe in this process, under its launcher's commands and signals; resolves to the exit code. */
export async function trainHere(recipe: Recipe, deliver: (event: Stamped) => void): Promise<number> {
  const control = new Control();
  const disconnect = connect(control);
  try {
    return await train(recipe, control, deliver);
  } finally {
    disconnect();
  }
}

/**
 * Trains a recipe under `control`; resolves to the exit code. Events go to `deliver` and to the run's
 * `log.jsonl`; no error is thrown: it becomes a `failed` event and exit code 1.
 */
export async function train(
  recipe: Recipe,
  control: Control,
  deliver: (event: Stamped) => void,
): Promise<number> {
  const started = performance.now();
  let folder: RunFolder | undefined;
  // A run that cannot begin leaves no folder; one that does has in its log how it began.
  const early: Stamped[] = [];
  let lastCheckpoint: string | undefined;
  const send: Send = (event) => {
    const stamped: Stamped = { ...event, time: Date.now() };
    if (event.type === "checkpoint") lastCheckpoint = event.path;
    deliver(stamped);
    if (folder === undefined) early.push(stamped);
    else if (!unlogged.has(event.type)) folder.log(stamped);
  };
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const complete = placeCheckpoint(completeRecipe(recipe));
    const session = await openSession(complete, control, send);
    try {
      folder = createRunFolder(dataPath(complete.run.output_dir));
      for (const event of early) folder.log(event);
      folder.writeJson("run.json", describeRecipe(complete));
      const outcome = await runRecipe(session, folder, control, send);
      send({ type: "done", ...outcome, seconds: seconds(), outputDir: folder.path });
      return outcome.outcome === "stopped" ? codeOf(control.stopReason) : 0;
    } finally {
      session.close();
    }
  } catch (error) {
    if (error instanceof StopRequested) {
      send({ type: "done", outcome: "stopped", step: 0, seconds: seconds() });
      return codeOf(control.stopReason);
    }
    try {
      send({
        type: "failed",
        ...describeError(error),
        ...(lastCheckpoint !== undefined && { resumeFrom: lastCheckpoint }),
      });
    } catch {
      // It has been delivered; a log that cannot be written is most likely what it says.
    }
    return 1;
  } finally {
    folder?.close();
  }
}

/** The recipe with the checkpoint to go on from by its own name, which no new run changes. */
function placeCheckpoint(recipe: CompleteRecipe): CompleteRecipe {
  const { run } = recipe;
  if (run.resume_ckpt_path === null || run.evaluate) return recipe;
  return { ...recipe, run: { ...run, resume_ckpt_path: findCheckpoint(dataPath(run.resume_ckpt_path)) } };
}

/** The exit code of a run that stopped for that reason. */
function codeOf(reason: Control["stopReason"]): number {
  return reason === undefined || reason === "asked" ? 0 : exitCodeOf(reason);
}

/** A user's error in words; an internal one with its stack, for the report. */
function describeError(error: unknown): { message: string; hint?: string; stack?: string } {
  if (error instanceof UserError) {
    return { message: error.message, ...(error.hint !== undefined && { hint: error.hint }) };
  }
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    message: `internal error: ${error.message}`,
    hint: "this is a defect of lavis: please report it with the lines below",
    ...(error.stack !== undefined && { stack: error.stack }),
  };
}

/** The recipe as plain data, for `run.json`: every option of every component, as it ran. */
function describeRecipe({ task, model, datasets, schedule, optimizer, ...rest }: CompleteRecipe) {
  const plain = ({ name, options }: { readonly name: string; readonly options: unknown }) => ({
    name,
    options,
  });
  return {
    ...rest,
    task: plain(task),
    model: { ...plain(model), variant: model.variant },
    datasets: datasets.map((dataset) => ({ label: dataset.label, ...plain(dataset) })),
    schedule: plain(schedule),
    optimizer: plain(optimizer),
  };
}
