import type { Topology } from "../topology.ts";
import { type Environment, readCount, readText } from "./variables.ts";

/**
 * Which job a process is of: what LAVIS_JOB_ID, LAVIS_RESTART_COUNT and LAVIS_JOB_TOKEN say, else what its launcher
 * does.
 */
export function identify(
  env: Environment,
  launcher: { readonly jobId: string; readonly restarts?: string },
): Pick<Topology, "jobId" | "restartCount" | "token"> {
  const restarts = launcher.restarts === undefined ? undefined : readCount(env, launcher.restarts);
  return {
    jobId: readText(env, "LAVIS_JOB_ID") ?? launcher.jobId,
    restartCount: (readCount(env, "LAVIS_RESTART_COUNT") ?? restarts)?.value ?? 0,
    token: readText(env, "LAVIS_JOB_TOKEN"),
  };
}
