/** What makes a process one of a job: each is told by an environment variable. */
export interface Place {
  readonly rank: number;
  readonly size: number;
  readonly jobId: string;
  /** The secret that the processes of the job show each other. */
  readonly token: string;
  readonly restartCount: number;
  /** `host:port` at which the processes find each other; one alone needs none. */
  readonly rendezvous: string | undefined;
  /** The only GPU that the process sees, as CUDA names it; undefined leaves it those that the launcher sees. */
  readonly gpu: string | undefined;
}

/** The environment of a process that this launcher starts, on its own host. */
export function workerEnvironment(
  place: Place,
  inherited: Readonly<NodeJS.ProcessEnv> = process.env,
): NodeJS.ProcessEnv {
  const { rank, size, jobId, token, restartCount, rendezvous, gpu } = place;
  // Of another job's address, which this one does not use, nothing may be made of.
  const { MASTER_ADDR: _, MASTER_PORT: __, ...rest } = inherited;
  return {
    ...rest,
    RANK: String(rank),
    LOCAL_RANK: String(rank),
    WORLD_SIZE: String(size),
    LOCAL_WORLD_SIZE: String(size),
    LAVIS_JOB_ID: jobId,
    LAVIS_JOB_TOKEN: token,
    LAVIS_RESTART_COUNT: String(restartCount),
    ...(rendezvous !== undefined && { LAVIS_RENDEZVOUS: rendezvous }),
    ...(gpu !== undefined && { CUDA_VISIBLE_DEVICES: gpu }),
  };
}
