import { existsSync, readFileSync, realpathSync } from "node:fs";
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

/**
 * The run of an earlier attempt of this job, where its launcher has started it again; undefined for a first attempt,
 * and where the earlier ones came to no run. The run's `run.json` names the job.
 */
export function findRestarted(outputDir: string, topology: Topology | undefined): Restarted | undefined {
  if (topology === undefined || topology.restartCount === 0) return undefined;
  const folder = join(outputDir, "latest");
  const record = join(folder, "run.json");
  if (!existsSync(record)) return undefined;
  const { job } = JSON.parse(readFileSync(record, "utf8")) as { job?: { id?: string } };
  if (job?.id !== topology.jobId) return undefined;
  // By its own name, which no later run changes.
  const own = realpathSync(folder);
  const checkpoints = join(own, "checkpoints");
  const latest = readPointer(checkpoints, "latest");
  return { folder: own, checkpoint: latest && join(checkpoints, latest) };
}
