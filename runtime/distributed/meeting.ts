import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";
import { describeEndpoint } from "./environment/describe.ts";
import { loopback, parseEndpoint } from "./environment/master.ts";
import { joinTcpRendezvous } from "./rendezvous/client.ts";
import { joinFolderRendezvous } from "./rendezvous/folder.ts";
import type { MeetingOptions, Rendezvous } from "./rendezvous/rendezvous.ts";
import { type HostedRendezvous, hostRendezvous } from "./rendezvous/server.ts";
import type { Launcher, Topology } from "./topology.ts";

/** Where the processes of a job meet. */
export type MeetingPoint =
  | { readonly kind: "folder"; readonly path: string }
  | {
      readonly kind: "tcp";
      readonly host: string;
      readonly port: number;
      /** Where rank 0 listens (undefined: on every network of its host), unless the launcher does. */
      readonly listen: { readonly host: string | undefined } | "by the launcher";
    };

/**
 * Where the processes meet that `dist_url` and the environment name: `env://`, `tcp://HOST:PORT` or `file:///FOLDER`.
 * @throws UserError where they name no place
 */
export function findMeetingPoint(distUrl: string, topology: Topology): MeetingPoint {
  const { launcher, master } = topology;
  if (distUrl === "env://") {
    if (master === undefined) throw noMaster(launcher);
    return launcher === "lavis"
      ? { kind: "tcp", ...master, listen: "by the launcher" }
      : listening(master, topology);
  }
  if (/^tcp:\/\//.test(distUrl)) {
    return listening(
      parseEndpoint(distUrl.slice("tcp://".length).replace(/\/$/, ""), "run.dist_url"),
      topology,
    );
  }
  const path = /^file:\/\/\//.test(distUrl) ? pathOf(distUrl) : undefined;
  if (path !== undefined) {
    if (launcher === "torchrun") throw noFolderUnderTorchrun(distUrl);
    return { kind: "folder", path };
  }
  throw new UserError(
    `run.dist_url is "${distUrl}", which is no place to meet`,
    'write "env://", "tcp://HOST:PORT", or "file:///FOLDER" with a folder that all hosts see',
  );
}

/** Its processes do not know which attempt they are of, and could not tell their files from those of one before. */
function noFolderUnderTorchrun(distUrl: string): UserError {
  return new UserError(
    `run.dist_url is "${distUrl}", but processes that torchrun may start again cannot meet in a folder`,
    'leave run.dist_url out, or write "env://": torchrun says where they meet',
  );
}

function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

/** The processes of one host meet where no other host can reach. */
function listening(master: NonNullable<Topology["master"]>, { numNodes }: Topology): MeetingPoint {
  if (numNodes === 1) return { kind: "tcp", host: loopback, port: master.port, listen: { host: loopback } };
  return { kind: "tcp", ...master, listen: { host: undefined } };
}

const howToName: Readonly<Partial<Record<Launcher, string>>> = {
  openmpi: "start it with mpirun -x MASTER_ADDR=HOST, the host of rank 0",
  mpich:
    "start it with mpiexec -genv MASTER_ADDR HOST -genv MASTER_PORT PORT, the host of rank 0 and a free port on it",
};

function noMaster(launcher: Launcher): UserError {
  return new UserError(
    "the processes cannot find each other: nothing in the environment names the host of rank 0",
    `${howToName[launcher] ?? "set MASTER_ADDR and MASTER_PORT"}, or write run.dist_url = "tcp://HOST:PORT"`,
  );
}

/** A meeting point that this process has joined, and maybe hosts. */
export interface Meeting {
  readonly rendezvous: Rendezvous;
  /** Leaves it; whoever hosts it closes it. With a failure, the others' waits fail with these words. */
  leave(failure?: string): Promise<void>;
}

/** Milliseconds for what still holds the port to give it up: an attempt before this one, or the job before. */
const patience = 10_000;

/**
 * Which attempt of the job this is, as all its processes know it. torchrun's agents each count for their own host and
 * end all processes of an attempt before they begin the next one, whose processes all count as of the first.
 */
function generationOf({ launcher, restartCount }: Topology): number {
  return launcher === "torchrun" ? 0 : restartCount;
}

/** Joins the meeting point; rank 0 hosts it where the launcher does not. @throws UserError */
export async function meet(
  point: MeetingPoint,
  topology: Topology,
  options: Pick<MeetingOptions, "timeout" | "signal">,
  onWarning: (text: string) => void,
): Promise<Meeting> {
  const { rank, jobId, token } = topology;
  const generation = generationOf(topology);
  const secret = token ?? jobId;
  const meeting: MeetingOptions = { ...options, rank, secret, generation };
  if (point.kind === "folder") {
    const rendezvous = await joinFolderRendezvous({ ...meeting, path: point.path, jobId });
    return { rendezvous, leave: (failure) => rendezvous.close(failure) };
  }
  let hosted: HostedRendezvous | undefined;
  if (rank === 0 && point.listen !== "by the launcher") {
    const { host } = point.listen;
    hosted = await hostRendezvous({ token: secret, generation, host, port: point.port, patience });
    if (token === undefined && host === undefined) {
      onWarning(
        `whoever reaches ${describeEndpoint(point)} can join this job: give its processes a secret in LAVIS_JOB_TOKEN`,
      );
    }
  }
  try {
    // It reaches itself where others may only reach it by another name.
    const host = hosted === undefined ? point.host : loopback;
    const rendezvous = await joinTcpRendezvous({ ...meeting, host, port: point.port });
    return {
      rendezvous,
      async leave(failure) {
        await rendezvous.close(failure);
        await hosted?.close();
      },
    };
  } catch (error) {
    await hosted?.close();
    throw error;
  }
}
