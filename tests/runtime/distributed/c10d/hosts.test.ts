import { describe, expect, it } from "vitest";
import type * as cases from "../conformance-cases.ts";
import { type Group, startProcesses } from "../processes.ts";
import { type Hosts, openHosts, whyNoHosts } from "./hosts.ts";
import { missingHere } from "./reason.ts";

const missing = missingHere ?? whyNoHosts();
const title = "processes on two hosts, over c10d";

type Cases = typeof cases;

describe.skipIf(missing)(missing ? `${title} (skipped: ${missing})` : title, { timeout: 120_000 }, () => {
  /** Starts ranks 0 and 1 on one host, rank 2 on the other. */
  function start<Name extends "allReduce" | "endless">(
    hosts: Hosts,
    name: Name,
    args: Name extends "allReduce" ? Parameters<Cases["allReduce"]>[1] : null,
    timeout = 30,
  ): Group<Awaited<ReturnType<Cases[Name]>>> {
    return startProcesses(3, {
      open: new URL("./open-hosts.ts", import.meta.url),
      cases: new URL("../conformance-cases.ts", import.meta.url),
      name,
      args,
      timeout,
      environment: { HOSTS_MASTER: hosts.addresses[0] },
      runner: (rank) => hosts.runner(rank < 2 ? 0 : 1),
    });
  }

  it("sum numbers, the same bits in all", async () => {
    const lengths = [0, 1, 1e6 + 3];
    const group = start(openHosts(), "allReduce", { lengths, places: ["own memory"] });
    const [first, ...others] = (await group.outcomes()).map(({ value }) => value);
    expect(first).toHaveLength(3 * lengths.length);
    for (const { what, error } of first ?? []) expect(error, what).toBeLessThanOrEqual(1);
    expect(others).toEqual([first, first]);
  });

  it("notice the end of one on the other host", async () => {
    const group = start(openHosts(), "endless", null);
    await Promise.all([0, 1, 2].map((rank) => group.reported(rank, "running")));
    const killed = group.signal(2, "SIGKILL");
    const outcomes = await group.outcomes();
    for (const rank of [0, 1]) {
      const failure = outcomes[rank]?.value;
      expect(failure).toMatchObject({ failure: "peer-lost", message: "rank 2 has ended", ranks: [2] });
      expect((failure?.at ?? 0) - killed).toBeLessThan(1000);
    }
  });

  it("give up after the timeout when the link between them is cut, and name those that they cannot reach", async () => {
    const hosts = openHosts();
    const group = start(hosts, "endless", null, 4);
    await Promise.all([0, 1, 2].map((rank) => group.reported(rank, "running")));
    hosts.cut();
    const cut = Date.now();
    const outcomes = await group.outcomes(30);
    for (const [rank, { value, code }] of outcomes.entries()) {
      expect(code, `rank ${rank}`).toBe(0);
      expect(value?.failure).toMatch(/^(timeout|aborted)$/);
      expect(value?.message).toMatch(
        rank === 2 ? /rank 0 has not come to all-reduce/ : /rank 2 has not come to all-reduce/,
      );
      expect((value?.at ?? 0) - cut).toBeGreaterThan(3500);
      expect((value?.at ?? 0) - cut).toBeLessThan(6000);
    }
    expect(outcomes[2]?.value).toMatchObject({ failure: "timeout", ranks: [0] });
  });
});
