import { loadBinding } from "../engine/torch/binding.ts";
import { installedTorch, installTorchCommand } from "../engine/torch/installed.ts";
import { UserError } from "../errors.ts";
import { missingBackend, openC10d } from "./c10d/transport.ts";
import { nameRanks } from "./errors.ts";
import { probeShm } from "./shm/binding.ts";
import { openShm } from "./shm/transport.ts";
import { openSocketTransport } from "./socket/transport.ts";
import type { Backend, OpenTransport } from "./transport.ts";

type Device = "cpu" | "cuda";

/** A transport as one to choose from. */
interface BackendEntry {
  /** Why this process cannot use it, and what to do; undefined where it can. */
  readonly missing: (device: Device) => string | undefined;
  readonly open: OpenTransport;
}

const backends: Readonly<Record<Backend, BackendEntry>> = {
  shm: {
    missing: () => probeShm().reason,
    open: openShm,
  },
  c10d: {
    missing: whyNoC10d,
    open: openC10d,
  },
  socket: {
    missing: () => undefined,
    open: openSocketTransport,
  },
};

/** What opens a backend's transport. */
export function openerOf(backend: Backend): OpenTransport {
  return backends[backend].open;
}

/** By backend why a process cannot use it; those that are not there it can. */
export type MissingBackends = Readonly<Partial<Record<Backend, string>>>;

/** What this process cannot use. */
export function missingBackends(device: Device): MissingBackends {
  const reasons = Object.entries(backends).map(([name, { missing }]) => [name, missing(device)] as const);
  return Object.fromEntries(reasons.filter(([, reason]) => reason !== undefined));
}

/** libtorch is loaded only to ask it for NCCL: what computes on a processor may be another engine. */
function whyNoC10d(device: Device): string | undefined {
  if (installedTorch() === undefined) return `the engine torch is not installed; run: ${installTorchCommand}`;
  if (device === "cpu") return undefined;
  try {
    return missingBackend(loadBinding(), device);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}

/** What a choice of a backend depends on: the same in all processes, which so choose the same. */
export interface Situation {
  readonly wanted: Backend | "auto";
  readonly device: Device;
  /** The host of each rank. */
  readonly hosts: readonly string[];
  /** Of each rank. */
  readonly missing: readonly MissingBackends[];
}

export interface Choice {
  readonly backend: Backend;
  /** Why not a faster one, and how to have that; undefined where there is none. */
  readonly because: string | undefined;
}

/**
 * Chooses what moves data between the processes: the wanted one; else between hosts c10d; on one host c10d between
 * GPUs, shared memory, sockets, the first that all processes can use.
 * @throws UserError where that is none
 */
export function chooseBackend({ wanted, device, hosts, missing }: Situation): Choice {
  const whyNot = (backend: Backend): string | undefined => {
    const ranks = missing.flatMap((one, rank) => (one[backend] === undefined ? [] : [rank]));
    const [first] = ranks;
    if (first === undefined) return undefined;
    const where = ranks.length === hosts.length ? "" : `on ${nameRanks(ranks)}: `;
    return `${where}${missing[first]?.[backend]}`;
  };
  const spread = new Set(hosts).size;
  if (spread > 1) return chooseBetweenHosts(wanted, spread, hosts, whyNot("c10d"));
  if (wanted !== "auto") {
    const reason = whyNot(wanted);
    if (reason === undefined) return { backend: wanted, because: undefined };
    throw new UserError(
      `the backend ${wanted} cannot be used: ${reason}`,
      "or leave the choice to --backend auto",
    );
  }
  const order: readonly Backend[] = device === "cuda" ? ["c10d", "shm", "socket"] : ["shm", "socket"];
  const reasons: string[] = [];
  for (const backend of order) {
    const reason = whyNot(backend);
    const because = reasons.length === 0 ? undefined : reasons.join("; ");
    if (reason === undefined) return { backend, because };
    reasons.push(`${backend}: ${reason}`);
  }
  throw new UserError(`nothing can move data between the processes: ${reasons.join("; ")}`);
}

function chooseBetweenHosts(
  wanted: Situation["wanted"],
  spread: number,
  hosts: Situation["hosts"],
  missing: string | undefined,
): Choice {
  const names = [...new Set(hosts)].map((host) => {
    const ranks = hosts.flatMap((one, rank) => (one === host ? [rank] : []));
    return `${nameRanks(ranks)} on ${host.split(" ", 1)[0]}`;
  });
  const where = `the processes are on ${spread} hosts (${names.join(", ")})`;
  if (wanted !== "auto" && wanted !== "c10d") {
    throw new UserError(
      `${where}, and the backend ${wanted} works on one host only`,
      "take --backend c10d, or auto",
    );
  }
  if (missing === undefined) return { backend: "c10d", because: undefined };
  throw new UserError(
    `${where}, and c10d, the one backend that reaches from host to host, cannot be used: ${missing}`,
    `install the engine torch on every host: ${installTorchCommand}`,
  );
}
