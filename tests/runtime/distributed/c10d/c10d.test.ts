import { describe, expect, it } from "vitest";
import { describeTransport } from "../conformance.ts";
import type * as cases from "../conformance-cases.ts";
import { startProcesses } from "../processes.ts";
import { missingHere } from "./reason.ts";

const open = new URL("./open.ts", import.meta.url);

describeTransport({
  name: "c10d",
  open,
  missing: missingHere,
  knowsWhoIsMissing: true,
});

type Outcome = Awaited<ReturnType<(typeof cases)["endless"]>>;

describe.skipIf(missingHere !== undefined)("rank 0, through which c10d's processes watch each other", () => {
  const start = (timeout: number) =>
    startProcesses<null, Outcome>(3, {
      open,
      cases: new URL("../conformance-cases.ts", import.meta.url),
      name: "endless",
      args: null,
      timeout,
    });

  it("is noticed and named by all when it is killed", async () => {
    const group = start(30);
    await Promise.all([0, 1, 2].map((rank) => group.reported(rank, "running")));
    const killed = group.signal(0, "SIGKILL");
    const outcomes = await group.outcomes();
    for (const rank of [1, 2]) {
      const failure = outcomes[rank]?.value;
      expect(failure).toMatchObject({ failure: "peer-lost", message: "rank 0 has ended", ranks: [0] });
      expect((failure?.at ?? 0) - killed).toBeLessThan(1000);
    }
  }, 60_000);

  it("is the one that others wait for when it hangs, though it cannot tell them of each other", async () => {
    const group = start(4);
    await Promise.all([0, 1, 2].map((rank) => group.reported(rank, "running")));
    group.signal(0, "SIGSTOP");
    // Rank 0 is killed in the end.
    const [, ...others] = await group.outcomes(15);
    for (const { value, code } of others) {
      expect(code).toBe(0);
      expect(value).toMatchObject({ failure: "timeout", ranks: [0] });
      expect(value?.message).toMatch(/^rank 0 has not come to all-reduce \(mean\) of 4000000 bytes/);
    }
  }, 60_000);
});
