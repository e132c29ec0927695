import { chooseBackend, openerOf } from "./backends.ts";
import { Collectives } from "./collectives.ts";
import { describeTopology } from "./environment/describe.ts";
import type { Job } from "./job.ts";
import { findMeetingPoint, meet } from "./meeting.ts";
import { describeMember, gatherMembers } from "./member.ts";
import type { Rendezvous } from "./rendezvous/rendezvous.ts";
import type { Topology } from "./topology.ts";
import type { Backend, Transport } from "./transport.ts";

export interface JoinOptions {
  /** What moves data between the processes; `auto` takes the fastest that all of them can use. */
  readonly backend: Backend | "auto";
  /** What the job computes on. */
  readonly device: "cpu" | "cuda";
  /** Where the processes meet, as the recipe's `run.dist_url`. */
  readonly distUrl: string;
  /** Seconds to wait for other processes: for all to join, and later in each call. */
  readonly timeout: number;
  readonly onWarning: (text: string) => void;
  /** Ends joining: its reason is thrown. */
  readonly signal: AbortSignal;
}

/**
 * Joins the job in which this process has its place: meets the other processes, compares versions with them, and opens
 * what moves data between them. A process alone joins nothing.
 * @throws UserError where they cannot find each other or do not go together
 * @throws CollectiveError where another gives up meanwhile, or does not come in time
 */
export async function joinJob(topology: Topology, options: JoinOptions): Promise<Job> {
  const description = describeTopology(topology);
  if (topology.worldSize === 1) return { processes: Collectives.alone(), topology, description };
  const { timeout, signal, onWarning } = options;
  const point = findMeetingPoint(options.distUrl, topology);
  const meeting = await meet(point, topology, { timeout, signal }, onWarning);
  try {
    // Across hosts a transport listens where the processes met, if that was not in a folder.
    const master = point.kind === "tcp" ? { host: point.host, port: point.port } : topology.master;
    const { transport, how } = await openTransport({ ...topology, master }, options, meeting.rendezvous);
    await meeting.leave();
    return {
      processes: Collectives.over(transport, { timeout, onWarning }),
      topology,
      description: `${description}; data goes by ${how}`,
    };
  } catch (error) {
    await meeting.leave(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

async function openTransport(
  topology: Topology,
  { backend: wanted, device, timeout, signal }: JoinOptions,
  rendezvous: Rendezvous,
): Promise<{ readonly transport: Transport; readonly how: string }> {
  const members = await gatherMembers(describeMember(topology, wanted, device), rendezvous, timeout);
  const hosts = members.map(({ system }) => system);
  const { backend, because } = chooseBackend({
    wanted,
    device,
    hosts,
    missing: members.map(({ missing }) => missing),
  });
  const open = openerOf(backend);
  // What the launcher says of hosts may be a guess.
  const place = { ...topology, numNodes: new Set(hosts).size };
  const transport = await open({ topology: place, rendezvous, device, timeout, signal });
  try {
    await waitForAll(topology, rendezvous);
  } catch (error) {
    await transport.close();
    throw error;
  }
  return { transport, how: because === undefined ? backend : `${backend} (${because})` };
}

/** Rank 0, which may host the meeting point, leaves it last. */
async function waitForAll({ rank, worldSize }: Topology, rendezvous: Rendezvous): Promise<void> {
  const joined = (other: number): string => `joined/${other}`;
  await rendezvous.set(joined(rank), "");
  if (rank > 0) return;
  await Promise.all(Array.from({ length: worldSize }, (_, other) => rendezvous.get(joined(other))));
}
