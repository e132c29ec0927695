import { UserError } from "../../errors.ts";
import type { Topology } from "../topology.ts";
import { identify } from "./identity.ts";
import { loopback, readMaster } from "./master.ts";
import { place } from "./placement.ts";
import { isSlurmStep } from "./slurm.ts";
import { type Environment, portOf, readText, requireCount } from "./variables.ts";

const launcher = "MPICH's mpiexec";

/**
 * A process of MPICH's mpiexec (Hydra) or Intel MPI's. It gives its job no name: one comes from LAVIS_JOB_ID, or from
 * MASTER_ADDR and MASTER_PORT.
 */
export function decodeMpich(env: Environment): Topology | undefined {
  const isPresent = ["PMI_RANK", "PMI_SIZE"].some((name) => readText(env, name));
  // srun has PMI's variables too; within a SLURM job Hydra starts its helpers by srun, and adds a local rank.
  if (!isPresent || (isSlurmStep(env) && readText(env, "MPI_LOCALRANKID") === undefined)) return undefined;
  const count = (name: string) => requireCount(env, name, launcher);
  const where = place({
    rank: count("PMI_RANK"),
    worldSize: count("PMI_SIZE"),
    localRank: count("MPI_LOCALRANKID"),
    localWorldSize: count("MPI_LOCALNRANKS"),
  });
  const id = readText(env, "LAVIS_JOB_ID");
  const master = readMaster(env, launcher, id === undefined ? undefined : portOf(id));
  if (where.worldSize > 1 && id === undefined && master === undefined) {
    throw new UserError(
      `PMI_RANK=${where.rank} and PMI_SIZE=${where.worldSize} are set, but nothing names the job: its processes cannot find each other`,
      "start it with mpiexec -genv LAVIS_JOB_ID NAME, a name that no other job has",
    );
  }
  const isOneHost = where.localWorldSize === where.worldSize;
  return {
    launcher: "mpich",
    ...where,
    master: master ?? (isOneHost && id !== undefined ? { host: loopback, port: portOf(id) } : undefined),
    ...identify(env, { jobId: master === undefined ? "alone" : `mpich-${master.host}:${master.port}` }),
  };
}
