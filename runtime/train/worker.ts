import { UserError } from "../errors.ts";
import { type CompleteRecipe, completeRecipe, type Recipe } from "../recipe.ts";
import { Control, connect, exitCodeOf, type Send } from "./control.ts";
import type { Stamped } from "./events.ts";
import { createRunFolder, type RunFolder } from "./output.ts";
import { runRecipe } from "./run.ts";
import { openSession } from "./session.ts";

/** Events that `log.jsonl` keeps: all but those that only move a progress bar. */
const unlogged: ReadonlySet<string> = new Set(["evaluate_progress"]);

/**
 * Trains a recipe in this process; resolves to the exit code. Events go to `deliver` and to the run's
 * `log.jsonl`; no error is thrown: it becomes a `failed` event and exit code 1.
 */
export async function trainHere(recipe: Recipe, deliver: (event: Stamped) => void): Promise<number> {
  const started = performance.now();
  const control = new Control();
  const disconnect = connect(control);
  let folder: RunFolder | undefined;
  const send: Send = (event) => {
    const stamped: Stamped = { ...event, time: Date.now() };
    if (!unlogged.has(event.type)) folder?.log(stamped);
    deliver(stamped);
  };
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const complete = completeRecipe(recipe);
    send({ type: "phase", phase: "starting" });
    const session = await openSession(complete, send);
    try {
      folder = createRunFolder(complete.run.output_dir);
      folder.writeJson("run.json", describeRecipe(complete));
      const outcome = await runRecipe(session, folder, control, send);
      send({ type: "done", ...outcome, seconds: seconds(), outputDir: folder.path });
      const { stopReason } = control;
      const bySignal = outcome.outcome === "stopped" && stopReason !== undefined && stopReason !== "asked";
      return bySignal ? exitCodeOf(stopReason) : 0;
    } finally {
      session.close();
    }
  } catch (error) {
    send({ type: "failed", ...describeError(error) });
    return 1;
  } finally {
    folder?.close();
    disconnect();
  }
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
