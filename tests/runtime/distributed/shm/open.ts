// How the processes of conformance.ts join over shared memory.
export { openShm as openTransport } from "../../../../runtime/distributed/shm/transport.ts";
