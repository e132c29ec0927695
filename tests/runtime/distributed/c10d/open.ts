// How the processes of conformance.ts join over libtorch's c10d.
export { openC10d as openTransport } from "../../../../runtime/distributed/c10d/transport.ts";
