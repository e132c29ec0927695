import { describeTransport } from "../conformance.ts";
import { missingHere } from "./reason.ts";

describeTransport({
  name: "c10d",
  open: new URL("./open.ts", import.meta.url),
  missing: missingHere,
  knowsWhoIsMissing: true,
});
