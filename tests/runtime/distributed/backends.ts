import { isShmInstalled } from "../../../runtime/distributed/shm/installed.ts";
import type { Backend } from "../../../runtime/distributed/transport.ts";
import { probeEngines } from "../../../runtime/engine/open.ts";

const torch = (await probeEngines()).find(({ name }) => name === "torch");

/** What can move data between processes here, the fastest on one host first. */
export const backends: readonly Backend[] = [
  ...(isShmInstalled() ? (["shm"] as const) : []),
  ...(torch?.isUsable ? (["c10d"] as const) : []),
  "socket",
];
