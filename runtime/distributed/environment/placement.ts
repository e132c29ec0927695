import { UserError } from "../../errors.ts";
import type { Topology } from "../topology.ts";
import type { Setting } from "./variables.ts";

/** What a launcher says about the place of a process. */
export interface Placement {
  readonly rank: Setting;
  readonly worldSize: Setting;
  readonly localRank: Setting;
  readonly localWorldSize: Setting;
  /** Where the launcher does not say: hosts that are alike and filled one after the other. */
  readonly nodeRank?: Setting | undefined;
  readonly numNodes?: Setting | undefined;
}

type Place = Pick<Topology, "rank" | "worldSize" | "localRank" | "localWorldSize" | "nodeRank" | "numNodes">;

/** The place, where its numbers go together. @throws UserError that shows the variables that do not */
export function place({ rank, worldSize, localRank, localWorldSize, ...hosts }: Placement): Place {
  if (worldSize.value < 1) throw contradiction([worldSize], "a job has at least one process");
  if (localWorldSize.value < 1) throw contradiction([localWorldSize], "this host has at least this process");
  if (rank.value >= worldSize.value) {
    throw contradiction([rank, worldSize], ranksOf(worldSize.value), countsHosts(worldSize));
  }
  if (localWorldSize.value > worldSize.value) {
    const problem = "a host cannot have more processes than the job";
    throw contradiction([localWorldSize, worldSize], problem, countsHosts(worldSize));
  }
  if (localRank.value >= localWorldSize.value) {
    throw contradiction([localRank, localWorldSize], `${ranksOf(localWorldSize.value)} on one host`);
  }
  const {
    numNodes = { name: "", value: Math.ceil(worldSize.value / localWorldSize.value) },
    nodeRank = { name: "", value: Math.floor(rank.value / localWorldSize.value) },
  } = hosts;
  if (numNodes.value < 1 || numNodes.value > worldSize.value) {
    throw contradiction([numNodes, worldSize], "each host has at least one of the processes");
  }
  if (nodeRank.value >= numNodes.value) {
    throw contradiction([nodeRank, numNodes], `${numNodes.value} hosts are numbered from 0`);
  }
  return {
    rank: rank.value,
    worldSize: worldSize.value,
    localRank: localRank.value,
    localWorldSize: localWorldSize.value,
    nodeRank: nodeRank.value,
    numNodes: numNodes.value,
  };
}

function contradiction(settings: readonly Setting[], problem: string, hint?: string): UserError {
  const shown = settings.map(({ name, value }) => `${name}=${value}`).join(" and ");
  const names = settings.map(({ name }) => name).join(" and ");
  return new UserError(
    `the environment has ${shown}: ${problem}`,
    hint ?? `correct ${names}, which whatever started this process has set`,
  );
}

function ranksOf(size: number): string {
  return size === 1
    ? "the rank of a single process is 0"
    : `ranks of ${size} processes go from 0 to ${size - 1}`;
}

/** Some clouds, Alibaba's PAI among them, put the number of hosts there. */
function countsHosts({ name }: Setting): string {
  return `${name} is the number of processes on all hosts together: where it counts hosts, start each host's processes with torchrun`;
}
