import type { Launcher, Topology } from "../topology.ts";

const launcherTitles: Readonly<Record<Launcher, string>> = {
  lavis: "this program",
  torchrun: "torchrun",
  pytorchjob: "a PyTorchJob or alike",
  slurm: "srun",
  openmpi: "Open MPI",
  mpich: "MPICH",
};

/** A topology in one line: `rank 1 of 4 on 2 hosts (1 of 2 on host 0), started by torchrun, meeting at node1:29501`. */
export function describeTopology(topology: Topology): string {
  const { launcher, rank, worldSize, localRank, localWorldSize, nodeRank, numNodes, master } = topology;
  const hosts =
    numNodes === 1
      ? "one host"
      : `${numNodes} hosts (local rank ${localRank} of ${localWorldSize} on host ${nodeRank})`;
  const parts = [worldSize === 1 ? "one process" : `rank ${rank} of ${worldSize} on ${hosts}`];
  parts.push(`started by ${launcherTitles[launcher]}`);
  if (worldSize > 1 && master !== undefined) parts.push(`meeting at ${describeEndpoint(master)}`);
  if (topology.restartCount > 0)
    parts.push(`restarted ${topology.restartCount === 1 ? "once" : `${topology.restartCount} times`}`);
  return parts.join(", ");
}

/** `host:port`; `[address]:port` for IPv6. */
export function describeEndpoint({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
