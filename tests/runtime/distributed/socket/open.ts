// How the processes of transport.test.ts open their transport.
export { openSocketTransport as openTransport } from "../../../../runtime/distributed/socket/transport.ts";
