import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readPointer } from "../checkpoint/store.ts";
import type { Topology } from "../distributed/topology.ts";

/** What a job that was started again goes on with. */
export interface Restarted {
  /** The folder of its run. */
  readonly folder: string;
  /** Its last checkpoint; undefined where it had written none: then it begins anew. */
  readonly checkpoint: string | undefined;
}

/** Which job a run is of, as its `run.json` says it. */
export interface RecordedJob {
  readonly id: string;
  readonly processes: number;
  /** What the run is: {@link recipeHash}. */
  readonly recipe: string;
  /** Whether the run has come to its end; one that was stopped or failed has not. */
  readonly finished: boolean;
}

/**
 * The run of an earlier attempt of this job, where its launcher has started it again, or may have; undefined for a
 * first attempt, and where the earlier ones came to no run. It is the newest of `outputDir` whose `run.json` names the
 * job and the recipe (by its hash) and that has not finished: some launchers give the next job the same name.
 *
 * `onAnew` is told why a job that surely was started again has none.
 */
export function findRestarted(
  outputDir: string,
  topology: Topology | undefined,
  recipe: string,
  onAnew: (text: string) => void,
): Restarted | undefined {
  if (!topology?.mayBeRestarted) return undefined;
  // The program's own launcher names every job anew: what failed after the end of its run is the end.
  const mayFinish = topology.launcher === "lavis";
  let why: string | undefined;
  for (const folder of runFolders(outputDir)) {
    const job = readJob(folder);
    if (job?.id !== topology.jobId) continue;
    if (job.recipe === recipe && (mayFinish || !job.finished)) {
      const checkpoints = join(folder, "checkpoints");
      const latest = readPointer(checkpoints, "latest");
      return { folder, checkpoint: latest && join(checkpoints, latest) };
    }
    why ??= `that in ${folder} ${job.recipe === recipe ? "has finished" : "is of another recipe"}`;
  }
  if (topology.restartCount > 0) {
    const reason = why ?? "no attempt before came to one";
    onAnew(
      `the run begins anew: the job was started again, but ${outputDir} has no run of it to go on with: ${reason}`,
    );
  }
  return undefined;
}

/** The folders of runs, the newest first: their names are times (the link `latest` is none of them). */
function runFolders(outputDir: string): string[] {
  if (!existsSync(outputDir)) return [];
  return readdirSync(outputDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
    .map((name) => join(outputDir, name));
}

/** The job of a run; undefined where its `run.json` names none, is missing or damaged: no run goes on with those. */
function readJob(folder: string): RecordedJob | undefined {
  let record: unknown;
  try {
    record = JSON.parse(readFileSync(join(folder, "run.json"), "utf8"));
  } catch {
    return undefined;
  }
  const job = fieldOf(record, "job");
  const [id, processes, recipe, finished] = ["id", "processes", "recipe", "finished"].map((name) =>
    fieldOf(job, name),
  );
  const isWhole =
    typeof id === "string" &&
    typeof processes === "number" &&
    typeof recipe === "string" &&
    typeof finished === "boolean";
  return isWhole ? { id, processes, recipe, finished } : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
