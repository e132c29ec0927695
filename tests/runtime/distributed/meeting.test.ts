import { describe, expect, it, onTestFinished } from "vitest";
import { findMeetingPoint, type Meeting, meet } from "../../../runtime/distributed/meeting.ts";
import { hostRendezvous } from "../../../runtime/distributed/rendezvous/server.ts";
import type { Topology } from "../../../runtime/distributed/topology.ts";
import { UserError } from "../../../runtime/errors.ts";
import { freePort } from "./launched.ts";

const topology: Topology = {
  launcher: "torchrun",
  rank: 0,
  worldSize: 4,
  localRank: 0,
  localWorldSize: 2,
  nodeRank: 0,
  numNodes: 2,
  master: { host: "node1", port: 29501 },
  jobId: "job",
  restartCount: 0,
  mayBeRestarted: false,
  token: undefined,
};
const oneHost: Topology = { ...topology, localWorldSize: 4, numNodes: 1 };
const everywhere = { host: undefined };
const here = { host: "127.0.0.1" };

describe("where processes meet", () => {
  it.each([
    [
      "env:// between hosts",
      "env://",
      topology,
      { kind: "tcp", host: "node1", port: 29501, listen: everywhere },
    ],
    ["env:// on one host", "env://", oneHost, { kind: "tcp", host: "127.0.0.1", port: 29501, listen: here }],
    [
      "env:// of the program's own launcher",
      "env://",
      { ...oneHost, launcher: "lavis", master: { host: "127.0.0.1", port: 4000 } },
      { kind: "tcp", host: "127.0.0.1", port: 4000, listen: "by the launcher" },
    ],
    [
      "an address",
      "tcp://node2:4000",
      topology,
      { kind: "tcp", host: "node2", port: 4000, listen: everywhere },
    ],
    [
      "an IPv6 address",
      "tcp://[fe80::1]:4000",
      topology,
      { kind: "tcp", host: "fe80::1", port: 4000, listen: everywhere },
    ],
    [
      "an address under the program's own launcher",
      "tcp://localhost:4000",
      { ...oneHost, launcher: "lavis" },
      { kind: "tcp", host: "127.0.0.1", port: 4000, listen: here },
    ],
    [
      "a folder",
      "file:///shared/my%20jobs",
      { ...topology, launcher: "slurm" },
      { kind: "folder", path: "/shared/my jobs" },
    ],
  ] as const)("is told by %s", (_, url, place, expected) => {
    expect(findMeetingPoint(url, place)).toEqual(expected);
  });

  it.each([
    "",
    "env",
    "tcp://node1",
    "tcp://node1:0",
    "tcp://node1:70000",
    "file://host/folder",
    "file:folder",
    "http://a:1",
  ])("is not told by dist_url = %j", (url) => {
    expect(() => findMeetingPoint(url, topology)).toThrow(UserError);
    expect(() => findMeetingPoint(url, topology)).toThrow(/run\.dist_url is ".*", which is no /);
  });

  it("is no folder under torchrun, whose processes do not know which attempt they are of", () => {
    expect(() => findMeetingPoint("file:///shared", topology)).toThrow("cannot meet in a folder");
  });

  it("has to be told between hosts, where the launcher does not", () => {
    const place: Topology = { ...topology, launcher: "openmpi", master: undefined };
    expect(() => findMeetingPoint("env://", place)).toThrow(
      "nothing in the environment names the host of rank 0",
    );
    const hint = expect.stringContaining("mpirun -x MASTER_ADDR=HOST");
    expect(() => findMeetingPoint("env://", place)).toThrow(expect.objectContaining({ hint }));
    expect(findMeetingPoint("tcp://node1:1", place)).toMatchObject({ host: "node1" });
  });
});

describe("processes that meet", () => {
  const options = { timeout: 30, signal: new AbortController().signal };

  /** Joins as `place` at a port of this host, without a word of warning. */
  async function join(place: Topology, port: number): Promise<Meeting> {
    const warnings: string[] = [];
    const point = findMeetingPoint(`tcp://127.0.0.1:${port}`, place);
    const meeting = await meet(point, place, options, (text) => warnings.push(text));
    onTestFinished(() => meeting.leave());
    expect(warnings).toEqual([]);
    return meeting;
  }

  it("wait for the port of the job before, in a first attempt too", async () => {
    const port = await freePort();
    const before = await hostRendezvous({ token: "of the job before", generation: 0, port });
    setTimeout(() => void before.close(), 300);
    await join(oneHost, port);
  });

  it("are let in under torchrun whatever their agent has counted: that of a host that has come counts from 0", async () => {
    const port = await freePort();
    const stayed = await join({ ...oneHost, restartCount: 2 }, port);
    const came = await join({ ...oneHost, rank: 1, restartCount: 0 }, port);
    await came.rendezvous.set("from", "rank 1");
    expect(await stayed.rendezvous.get("from")).toBe("rank 1");
  });

  it("are refused where a launcher that counts for all has started a later attempt", async () => {
    const port = await freePort();
    const place: Topology = { ...oneHost, launcher: "slurm" };
    await join({ ...place, restartCount: 1 }, port);
    await expect(join({ ...place, rank: 1 }, port)).rejects.toThrow("belongs to attempt 0 of its job");
  });
});
