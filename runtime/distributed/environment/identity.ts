import type { Topology } from "../topology.ts";
import { type Environment, readCount, readText } from "./variables.ts";

/**
 * Which job a process is of: what LAVIS_JOB_ID, LAVIS_RESTART_COUNT and LAVIS_JOB_TOKEN say, else what its launcher
 * does.
 */
export function identify(
  env: Environment,
  launcher: {
    readonly jobId: string;
    /** The variable that counts restarts. */
    readonly restarts?: string;
    /** Whether it starts processes of the job again that it counts from 0. */
    readonly hasUncountedRestarts?: boolean;
  },
): Pick<Topology, "jobId" | "restartCount" | "mayBeRestarted" | "token"> {
  const restarts = launcher.restarts === undefined ? undefined : readCount(env, launcher.restarts);
  const restartCount = (readCount(env, "LAVIS_RESTART_COUNT") ?? restarts)?.value ?? 0;
  return {
    jobId: readText(env, "LAVIS_JOB_ID") ?? launcher.jobId,
    restartCount,
    mayBeRestarted: restartCount > 0 || launcher.hasUncountedRestarts === true,
    token: readText(env, "LAVIS_JOB_TOKEN"),
  };
}
