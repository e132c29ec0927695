import type { Topology } from "../topology.ts";
import { decodeLavis } from "./lavis.ts";
import { decodeMpich } from "./mpich.ts";
import { decodeOpenmpi } from "./openmpi.ts";
import { decodePytorchjob, requireNoLoneWorldSize } from "./pytorchjob.ts";
import { decodeSlurm } from "./slurm.ts";
import { decodeTorchrun } from "./torchrun.ts";
import type { Environment } from "./variables.ts";

/**
 * Launchers, those that were more explicit about it first. mpirun and mpiexec come before SLURM: within a SLURM job
 * they start their helpers by srun, whose variables describe the helpers.
 */
const decoders = [decodeLavis, decodeTorchrun, decodePytorchjob, decodeOpenmpi, decodeMpich, decodeSlurm];

/**
 * Where this process stands in the job that a launcher started it for; undefined where none did.
 * @throws UserError where the environment contradicts itself, with the variables that do
 */
export function decodeEnvironment(env: Environment): Topology | undefined {
  for (const decode of decoders) {
    const topology = decode(env);
    if (topology !== undefined) return topology;
  }
  requireNoLoneWorldSize(env);
  return undefined;
}
