import { Collectives } from "./collectives.ts";
import type { Topology } from "./topology.ts";

/** The job that this process trains in. */
export interface Job {
  readonly processes: Collectives;
  /** Where it stands; undefined where nobody started it as one of several, as tests do. */
  readonly topology: Topology | undefined;
  /** Who the processes are and what moves data between them, in words. */
  readonly description: string;
}

/** The job of one process. */
export function lonelyJob(): Job {
  return { processes: Collectives.alone(), topology: undefined, description: "one process" };
}
