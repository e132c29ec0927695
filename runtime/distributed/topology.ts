/** Who started the processes of a job. */
export type Launcher = "lavis" | "torchrun" | "pytorchjob" | "slurm" | "openmpi" | "mpich";

/** Where this process stands in its job. */
export interface Topology {
  readonly launcher: Launcher;
  /** 0 … worldSize − 1, over all hosts. */
  readonly rank: number;
  readonly worldSize: number;
  /** 0 … localWorldSize − 1, on this host: which GPU is this process's. */
  readonly localRank: number;
  readonly localWorldSize: number;
  readonly nodeRank: number;
  readonly numNodes: number;
  /**
   * Where the processes meet: rank 0 listens there, or the launcher `lavis`; undefined where the launcher names no
   * place.
   */
  readonly master: { readonly host: string; readonly port: number } | undefined;
  /**
   * The same in every process of a job and over its restarts, and in no other job; `alone` for one without a
   * launcher.
   */
  readonly jobId: string;
  /** How often the launcher has started the job again; under torchrun, on this host. */
  readonly restartCount: number;
  /**
   * Whether an attempt before this one may have left a run to go on with: the launcher has started the job again, or
   * may have without counting it.
   */
  readonly mayBeRestarted: boolean;
  /** The secret that processes of the job show each other; undefined where the launcher gives none. */
  readonly token: string | undefined;
}
