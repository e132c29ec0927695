import type { Topology } from "../topology.ts";
import { identify } from "./identity.ts";
import { parseEndpoint } from "./master.ts";
import { place } from "./placement.ts";
import { type Environment, readCount, readText, requireCount, requireText } from "./variables.ts";

const launcher = "the program itself";

/**
 * A worker of a program's own launcher (train/launch/), on its host. It hosts the rendezvous at LAVIS_RENDEZVOUS;
 * one process alone has none.
 */
export function decodeLavis(env: Environment): Topology | undefined {
  const rendezvous = readText(env, "LAVIS_RENDEZVOUS");
  const isAlone = readText(env, "RANK") !== undefined && readText(env, "WORLD_SIZE") === "1";
  if (rendezvous === undefined && !(isAlone && readText(env, "MASTER_ADDR") === undefined)) return undefined;
  const rank = requireCount(env, "RANK", launcher);
  const worldSize = requireCount(env, "WORLD_SIZE", launcher);
  const localRank = readCount(env, "LOCAL_RANK") ?? rank;
  const localWorldSize = readCount(env, "LOCAL_WORLD_SIZE") ?? worldSize;
  return {
    launcher: "lavis",
    ...place({ rank, worldSize, localRank, localWorldSize }),
    master: rendezvous === undefined ? undefined : parseEndpoint(rendezvous, "LAVIS_RENDEZVOUS"),
    ...identify(env, {
      jobId: rendezvous === undefined ? "alone" : requireText(env, "LAVIS_JOB_ID", launcher),
    }),
  };
}
