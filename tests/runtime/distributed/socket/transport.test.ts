import { describeTransport } from "../conformance.ts";

describeTransport({
  name: "the socket transport",
  open: new URL("./open.ts", import.meta.url),
  knowsWhoIsMissing: true,
});
