import { installShmCommand, isShmInstalled } from "../../../../runtime/distributed/shm/installed.ts";
import { describeTransport } from "../conformance.ts";

describeTransport({
  name: "shm",
  open: new URL("./open.ts", import.meta.url),
  missing: isShmInstalled() ? undefined : `not installed; run: ${installShmCommand}`,
  knowsWhoIsMissing: true,
});
