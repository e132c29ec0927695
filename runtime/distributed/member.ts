import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { UserError } from "../errors.ts";
import { packageVersion } from "../version.ts";
import { type MissingBackends, missingBackends } from "./backends.ts";
import { CollectiveError, nameRanks } from "./errors.ts";
import { KeyTakenError, type Rendezvous } from "./rendezvous/rendezvous.ts";
import type { Topology } from "./topology.ts";
import type { Backend } from "./transport.ts";

/** What a process tells the others of itself before they do anything together. */
export interface Member {
  readonly rank: number;
  readonly worldSize: number;
  readonly version: string;
  /** The major version of Node. */
  readonly node: string;
  readonly host: string;
  /** Tells this running system from all others: what is on one can share memory and local sockets. */
  readonly system: string;
  readonly pid: number;
  /** As `--backend` says. */
  readonly backend: Backend | "auto";
  readonly missing: MissingBackends;
}

/** This process. */
export function describeMember(
  { rank, worldSize }: Pick<Topology, "rank" | "worldSize">,
  backend: Member["backend"],
  device: "cpu" | "cuda",
): Member {
  const host = hostname();
  return {
    rank,
    worldSize,
    version: packageVersion(),
    node: process.versions.node.split(".")[0] as string,
    host,
    system: [host, ...systemMarks()].join(" "),
    pid: process.pid,
    backend,
    missing: missingBackends(device),
  };
}

/** On Linux: which start of the system, and which containers of it. Elsewhere its name has to do. */
function systemMarks(): string[] {
  const marks = [
    () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
    () => readlinkSync("/proc/self/ns/pid"),
    () => readlinkSync("/proc/self/ns/net"),
  ];
  return marks.flatMap((read) => {
    try {
      return [read()];
    } catch {
      return [];
    }
  });
}

/**
 * Tells the others who this process is, and returns who all of them are, in the order of ranks.
 * @throws UserError where two have one rank, or they do not go together
 */
export async function gatherMembers(
  own: Member,
  rendezvous: Pick<Rendezvous, "get" | "set">,
  timeout: number,
): Promise<readonly Member[]> {
  try {
    await rendezvous.set(keyOf(own.rank), JSON.stringify(own));
  } catch (error) {
    if (!(error instanceof KeyTakenError)) throw error;
    throw new UserError(
      `two processes of the job have rank ${own.rank}: ${describeProcess(JSON.parse(error.value) as Member)} and ${describeProcess(own)}`,
      "start each with a rank of its own; with dist_url file:///…, a folder that an earlier attempt left there must go",
    );
  }
  const ranks = Array.from({ length: own.worldSize }, (_, rank) => rank);
  const found = await Promise.allSettled(
    ranks.map(async (rank) =>
      rank === own.rank ? own : (JSON.parse(await rendezvous.get(keyOf(rank))) as Member),
    ),
  );
  const members = found.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failure = found.find((one) => one.status === "rejected")?.reason;
  if (failure === undefined) return requireAlike(members);
  if (!(failure instanceof CollectiveError) || failure.failure !== "timeout") throw failure;
  const missing = ranks.filter((rank) => !members.some((member) => member.rank === rank));
  const verb = missing.length > 1 ? "have" : "has";
  throw new CollectiveError(
    "timeout",
    `${nameRanks(missing)} ${verb} not joined within ${timeout} s`,
    missing,
  );
}

function keyOf(rank: number): string {
  return `member/${rank}`;
}

function describeProcess({ pid, host }: Member): string {
  return `process ${pid} on ${host}`;
}

/** What must be the same in all processes, as errors name it. */
const alike = {
  worldSize: "processes in the job",
  version: "lavis",
  node: "Node",
  backend: "--backend",
} as const satisfies Partial<Record<keyof Member, string>>;

function requireAlike(members: readonly Member[]): readonly Member[] {
  const first = members[0] as Member;
  for (const [key, title] of Object.entries(alike)) {
    const field = key as keyof typeof alike;
    const other = members.find((member) => member[field] !== first[field]);
    if (other === undefined) continue;
    throw new UserError(
      `the processes do not go together: rank ${first.rank} (${describeProcess(first)}) has ${title} ${first[field]}, rank ${other.rank} (${describeProcess(other)}) has ${title} ${other[field]}`,
      "start all of them with the same versions and flags",
    );
  }
  return members;
}
