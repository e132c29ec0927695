import { dataPath } from "../cache.ts";
import { findCheckpoint } from "../checkpoint/store.ts";
import type { Collectives } from "../distributed/collectives.ts";
import { CollectiveError } from "../distributed/errors.ts";
import { exitCodes } from "../distributed/exit-codes.ts";
import { type Job, lonelyJob } from "../distributed/job.ts";
import { joinJob } from "../distributed/join.ts";
import type { Topology } from "../distributed/topology.ts";
import { UserError } from "../errors.ts";
import { ownPlaceOf } from "../own/blame.ts";
import type { ProgramFlags } from "../parameters.ts";
import { type CompleteRecipe, completeRecipe, type Recipe } from "../recipe.ts";
import { Control, connect, exitCodeOf, type Send, StopRequested } from "./control.ts";
import type { Stamped } from "./events.ts";
import { gpuOf } from "./launch/gpus.ts";
import { createRunFolder, followRunFolder, openRunFolder, type RunFolder } from "./output.ts";
import { recipeHash } from "./recipe-hash.ts";
import { findRestarted, type RecordedJob, type Restarted } from "./restarted.ts";
import { runRecipe } from "./run.ts";
import { openSession } from "./session.ts";

/** Events that `log.jsonl` keeps: all but those that only move a progress bar. */
const unlogged: ReadonlySet<string> = new Set(["evaluate_progress"]);

/** How a process joins its job. */
export type JoinJob = (send: Send, control: Control) => Promise<Job>;

/** Trains a recipe in this process, under its launcher's commands and signals; resolves to the exit code. */
export async function trainHere(
  recipe: Recipe,
  topology: Topology,
  { backend, timeout }: Pick<ProgramFlags, "backend" | "timeout">,
  deliver: (event: Stamped) => void,
): Promise<number> {
  const control = new Control();
  const disconnect = connect(control);
  const join: JoinJob = async (send, { signal }) => {
    const { device, dist_url: distUrl } = completeRecipe(recipe).run;
    // Before anything loads CUDA, which looks at it once.
    const gpu = device === "cuda" ? await gpuOf(topology) : undefined;
    if (gpu !== undefined) process.env.CUDA_VISIBLE_DEVICES = gpu;
    const onWarning = (text: string): void => send({ type: "message", level: "warning", text });
    return joinJob(topology, { backend, device, distUrl, timeout, onWarning, signal });
  };
  try {
    return await train(recipe, control, speakAs(topology, deliver), join);
  } finally {
    disconnect();
  }
}

/** Of several processes the first tells of the run; the others say only what goes wrong with them, and who they are. */
function speakAs({ rank, worldSize }: Topology, deliver: (event: Stamped) => void): (event: Stamped) => void {
  if (worldSize === 1) return deliver;
  return (event) => {
    if (event.type === "failed") deliver({ ...event, rank });
    else if (rank === 0) deliver(event);
    else if (event.type === "message" && event.level === "warning") deliver({ ...event, rank });
  };
}

/**
 * Trains a recipe under `control`; resolves to the exit code. Events go to `deliver` and to the run's
 * `log.jsonl`; no error is thrown: it becomes a `failed` event and exit code 1, 75 where another process of the job
 * ended first, 124 where one did not come in time.
 */
export async function train(
  recipe: Recipe,
  control: Control,
  deliver: (event: Stamped) => void,
  joinJob: JoinJob = async () => lonelyJob(),
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
  let job: Job | undefined;
  try {
    job = await joinJob(send, control);
    const { processes, topology } = job;
    const given = completeRecipe(recipe);
    const outputDir = dataPath(given.run.output_dir);
    const hash = recipeHash(given);
    const warn = (text: string): void => send({ type: "message", level: "warning", text });
    const restarted = processes.fromFirst("restart", () => findRestarted(outputDir, topology, hash, warn));
    const complete = placeCheckpoint(given, restarted, processes);
    const session = await openSession(complete, job, control, send);
    try {
      folder = openFolder(outputDir, restarted, processes);
      for (const event of early) folder.log(event);
      const record = { ...describeRecipe(complete), ...(topology && { job: recordJob(topology, hash) }) };
      folder.writeJson("run.json", record);
      const outcome = await runRecipe(session, folder, control, send);
      if (record.job && outcome.outcome === "finished") {
        folder.writeJson("run.json", { ...record, job: { ...record.job, finished: true } });
      }
      send({ type: "done", ...outcome, seconds: seconds(), outputDir: folder.path });
      return outcome.outcome === "stopped" ? codeOf(control.stopReason) : 0;
    } finally {
      session.close();
    }
  } catch (error) {
    if (error instanceof StopRequested || (folder === undefined && (await isLeftByStop(error, control)))) {
      send({ type: "done", outcome: "stopped", step: 0, seconds: seconds() });
      return codeOf(control.ownStopReason);
    }
    const described = describeError(error);
    job?.processes.abort(described.message);
    try {
      send({
        type: "failed",
        ...described,
        ...(lastCheckpoint !== undefined && { resumeFrom: lastCheckpoint }),
      });
    } catch {
      // It has been delivered; a log that cannot be written is most likely what it says.
    }
    return failureCode(error);
  } finally {
    folder?.close();
    await job?.processes.close();
  }
}

/** The run's folder: a new one, or that of an attempt before; only the first process writes to it. */
function openFolder(outputDir: string, restarted: Restarted | undefined, processes: Collectives): RunFolder {
  const open = (): RunFolder => (restarted ? openRunFolder(restarted.folder) : createRunFolder(outputDir));
  const folder = processes.rank === 0 ? open() : undefined;
  const path = processes.fromFirst("run folder", () => folder?.path ?? "");
  return folder ?? followRunFolder(path);
}

/** The recipe with the checkpoint to go on from by its own name, which no new run changes. */
function placeCheckpoint(
  recipe: CompleteRecipe,
  restarted: Restarted | undefined,
  processes: Collectives,
): CompleteRecipe {
  const { run } = recipe;
  const path = restarted?.checkpoint ?? run.resume_ckpt_path;
  if (path === null || run.evaluate) return recipe;
  const checkpoint = processes.fromFirst("checkpoint", () => findCheckpoint(dataPath(path)));
  return { ...recipe, run: { ...run, resume_ckpt_path: checkpoint } };
}

/**
 * Whether a process lost the others because all were asked to stop: before training begins, each stops where it is
 * when it hears of it, and one that waits for the others only hears of it afterwards.
 */
async function isLeftByStop(error: unknown, control: Control): Promise<boolean> {
  if (!(error instanceof CollectiveError)) return false;
  if (error.failure !== "peer-lost" && error.failure !== "aborted") return false;
  // What came meanwhile is only sure to be read in the next turn of the event loop.
  for (let turn = 0; turn < 2; turn++) await control.listen();
  return control.ownStopReason !== undefined;
}

/** The exit code of a process that failed. */
function failureCode(error: unknown): number {
  if (!(error instanceof CollectiveError) || error.failure === "out-of-step") return exitCodes.failed;
  return error.failure === "timeout" ? exitCodes.timeout : exitCodes.peerLost;
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
  if (error instanceof CollectiveError && error.failure !== "out-of-step") return { message: error.message };
  if (!(error instanceof Error)) return { message: String(error) };
  const stack = error.stack !== undefined && { stack: error.stack };
  const own = ownPlaceOf(error);
  if (own !== undefined)
    return {
      message: `${own}: ${error.message}`,
      hint: "mend this file of yours, or what it hands on",
      ...stack,
    };
  return {
    message: `internal error: ${error.message}`,
    hint: "this is a defect of lavis: please report it with the lines below",
    ...stack,
  };
}

/** The job of a run that begins: what a later attempt finds it by. */
function recordJob({ jobId, worldSize }: Topology, recipe: string): RecordedJob {
  return { id: jobId, processes: worldSize, recipe, finished: false };
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
