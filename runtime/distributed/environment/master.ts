import { UserError } from "../../errors.ts";
import type { Topology } from "../topology.ts";
import { type Environment, readCount, readText, requireCount } from "./variables.ts";

/** Where this host's own processes meet. */
export const loopback = "127.0.0.1";

const lastPort = 65_535;

/**
 * MASTER_ADDR and MASTER_PORT; undefined where neither is set.
 *
 * @param defaultPort for launchers that leave the choice of a port to us
 * @throws UserError where one is set without the other, or the port cannot be one
 */
export function readMaster(env: Environment, launcher: string, defaultPort?: number): Topology["master"] {
  const host = readText(env, "MASTER_ADDR");
  const given = readCount(env, "MASTER_PORT", lastPort);
  if (host === undefined && given === undefined) return undefined;
  const { value: port } =
    given ??
    (defaultPort === undefined ? requireCount(env, "MASTER_PORT", launcher) : { value: defaultPort });
  if (host === undefined) {
    throw new UserError(
      `MASTER_PORT=${port} is set in the environment without MASTER_ADDR`,
      "set MASTER_ADDR to the host of rank 0, or unset MASTER_PORT",
    );
  }
  if (port === 0)
    throw new UserError("MASTER_PORT=0 is no port to meet at", "take a free one from 1024 to 65535");
  return { host, port };
}

/** As {@link readMaster}, of a launcher that always says. @throws UserError where it does not */
export function requireMaster(env: Environment, launcher: string): NonNullable<Topology["master"]> {
  const master = readMaster(env, launcher);
  if (master !== undefined) return master;
  throw new UserError(
    "neither MASTER_ADDR nor MASTER_PORT is set in the environment: the processes cannot find each other",
    "set them to the host of rank 0 and a free port on it",
  );
}

/** `host:port`, `[address]:port` for IPv6. @throws UserError that names `what` */
export function parseEndpoint(text: string, what: string): NonNullable<Topology["master"]> {
  const [, bracketed, plain, digits] = /^(?:\[([^[\]\s]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host !== undefined && port >= 1 && port <= lastPort) return { host, port };
  throw new UserError(
    `${what} is "${text}", which is no host and port`,
    "write it as host:port, such as node01:29500",
  );
}
