import type { Topology } from "../topology.ts";
import { identify } from "./identity.ts";
import { requireMaster } from "./master.ts";
import { place } from "./placement.ts";
import { type Environment, readCount, readText, requireCount } from "./variables.ts";

/** A worker of torchrun's elastic agent (torch/distributed/elastic/agent/server/local_elastic_agent.py). */
export function decodeTorchrun(env: Environment): Topology | undefined {
  const runId = readText(env, "TORCHELASTIC_RUN_ID");
  if (runId === undefined) return undefined;
  const count = (name: string) => requireCount(env, name, "torchrun");
  const { host, port } = requireMaster(env, "torchrun");
  const isNamed = runId !== unnamed;
  return {
    launcher: "torchrun",
    ...place({
      rank: count("RANK"),
      worldSize: count("WORLD_SIZE"),
      localRank: count("LOCAL_RANK"),
      localWorldSize: count("LOCAL_WORLD_SIZE"),
      nodeRank: readCount(env, "GROUP_RANK"),
      numNodes: readCount(env, "GROUP_WORLD_SIZE"),
    }),
    // The agent's own store, whose language nobody else speaks, has the port already.
    master: { host, port: readText(env, "TORCHELASTIC_USE_AGENT_STORE") === "True" ? beside(port) : port },
    ...identify(env, {
      // A job's master is another one after hosts have come or gone; but without it all unnamed jobs would be one.
      jobId: isNamed ? `torchrun-${runId}` : `torchrun-${runId}-${host}:${port}`,
      restarts: "TORCHELASTIC_RESTART_COUNT",
      // A host that comes or goes makes the agents start all again, which they do not count.
      hasUncountedRestarts: isNamed,
    }),
  };
}

/** The run's id of all jobs whose user gave none (torch/distributed/run.py). */
const unnamed = "none";

function beside(port: number): number {
  return port < 65_535 ? port + 1 : port - 1;
}
