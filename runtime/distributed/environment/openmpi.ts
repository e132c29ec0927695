import type { Topology } from "../topology.ts";
import { identify } from "./identity.ts";
import { loopback, readMaster } from "./master.ts";
import { place } from "./placement.ts";
import { type Environment, portOf, readCount, readText, requireCount } from "./variables.ts";

const launcher = "Open MPI's mpirun";

/** A process of Open MPI's mpirun. Between several hosts it needs MASTER_ADDR: no variable names the host of rank 0. */
export function decodeOpenmpi(env: Environment): Topology | undefined {
  const isPresent = ["OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"].some((name) => readText(env, name));
  if (!isPresent) return undefined;
  const count = (name: string) => requireCount(env, name, launcher);
  const where = place({
    rank: count("OMPI_COMM_WORLD_RANK"),
    worldSize: count("OMPI_COMM_WORLD_SIZE"),
    localRank: count("OMPI_COMM_WORLD_LOCAL_RANK"),
    localWorldSize: count("OMPI_COMM_WORLD_LOCAL_SIZE"),
    numNodes: readCount(env, "OMPI_MCA_orte_num_nodes"),
  });
  // Open MPI 4 gives its job a number, Open MPI 5 a name.
  const id = readText(env, "OMPI_MCA_ess_base_jobid") ?? readText(env, "PMIX_NAMESPACE");
  const job = identify(env, { jobId: `openmpi-${id ?? "unnamed"}` });
  const port = portOf(job.jobId);
  const isOneHost = where.localWorldSize === where.worldSize;
  return {
    launcher: "openmpi",
    ...where,
    master: readMaster(env, launcher, port) ?? (isOneHost ? { host: loopback, port } : undefined),
    ...job,
  };
}
