import { UserError } from "../../errors.ts";
import type { Topology } from "../topology.ts";
import { identify } from "./identity.ts";
import { requireMaster } from "./master.ts";
import { place } from "./placement.ts";
import { type Environment, readCount, readText, requireCount, type Setting } from "./variables.ts";

const launcher = "a PyTorchJob";

/**
 * A replica of a Kubeflow PyTorchJob, and everything else that states RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT.
 * A PyTorchJob sets no LOCAL_RANK: its replicas are hosts of their own with one process each.
 */
export function decodePytorchjob(env: Environment): Topology | undefined {
  if (readText(env, "RANK") === undefined) return undefined;
  const rank = requireCount(env, "RANK", launcher);
  const worldSize = requireCount(env, "WORLD_SIZE", launcher);
  const master = requireMaster(env, launcher);
  const unset = isThisHost(master.host)
    ? { localRank: rank, localWorldSize: worldSize }
    : { localRank: { name: "LOCAL_RANK", value: 0 }, localWorldSize: { name: "LOCAL_WORLD_SIZE", value: 1 } };
  const given = bothOrNeither(readCount(env, "LOCAL_RANK"), readCount(env, "LOCAL_WORLD_SIZE"));
  return {
    launcher: "pytorchjob",
    ...place({ rank, worldSize, ...(given ?? unset) }),
    master,
    ...identify(env, { jobId: `pytorchjob-${master.host}:${master.port}` }),
  };
}

/**
 * WORLD_SIZE without RANK, which no launcher has claimed: a script meant to start several processes and started one.
 * @throws UserError then
 */
export function requireNoLoneWorldSize(env: Environment): void {
  const size = readText(env, "WORLD_SIZE");
  if (size === undefined) return;
  throw new UserError(
    `the environment has WORLD_SIZE=${size} but no RANK: this process cannot know which of them it is`,
    "start it by torchrun, mpirun or srun, set RANK, or unset WORLD_SIZE to train with the recipe's own world_size",
  );
}

function isThisHost(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

function bothOrNeither(
  localRank: Setting | undefined,
  localWorldSize: Setting | undefined,
): { localRank: Setting; localWorldSize: Setting } | undefined {
  if (localWorldSize !== undefined && localRank !== undefined) return { localRank, localWorldSize };
  if (localWorldSize !== undefined && localWorldSize.value > 1) {
    throw new UserError(
      `the environment has LOCAL_WORLD_SIZE=${localWorldSize.value} but no LOCAL_RANK`,
      "set LOCAL_RANK to the process's number on its host, from 0",
    );
  }
  if (localRank !== undefined && localRank.value > 0) {
    throw new UserError(
      `the environment has LOCAL_RANK=${localRank.value} but no LOCAL_WORLD_SIZE`,
      "set LOCAL_WORLD_SIZE to the number of processes on each host",
    );
  }
  return undefined;
}
