// How the processes of hosts.test.ts, which are on two hosts, join over libtorch's c10d.
import { openC10d } from "../../../../runtime/distributed/c10d/transport.ts";
import type { OpenTransport } from "../../../../runtime/distributed/transport.ts";

export const openTransport: OpenTransport = (options) => {
  const host = process.env.HOSTS_MASTER;
  if (host === undefined) throw new Error("HOSTS_MASTER is not set");
  return openC10d({ ...options, topology: { ...options.topology, numNodes: 2, master: { host, port: 0 } } });
};
