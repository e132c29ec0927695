import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { probeShm } from "../../../../runtime/distributed/shm/binding.ts";
import { isShmInstalled, shmAddonFile } from "../../../../runtime/distributed/shm/installed.ts";
import { openShm } from "../../../../runtime/distributed/shm/transport.ts";
import type { TransportOptions } from "../../../../runtime/distributed/transport.ts";
import { runProcesses, startProcesses } from "../processes.ts";
import type * as cases from "./cases.ts";

afterEach(() => vi.unstubAllEnvs());

const group = <Name extends keyof typeof cases>(name: Name, args: Parameters<(typeof cases)[Name]>[1]) => ({
  open: new URL("./open.ts", import.meta.url),
  cases: new URL("./cases.ts", import.meta.url),
  name,
  args,
});
type ValueOf<Name extends keyof typeof cases> = Awaited<ReturnType<(typeof cases)[Name]>>;

/** What this process would join with. */
const place = (
  rank: number,
  get: (key: string) => Promise<string>,
  more: Partial<TransportOptions> = {},
): TransportOptions => ({
  topology: { rank, worldSize: 2, localRank: rank },
  rendezvous: { set: async () => {}, get },
  device: "cpu",
  timeout: 5,
  signal: new AbortController().signal,
  ...more,
});
const nowhere = async (): Promise<string> => "/proc/nowhere";

describe("without its addon", () => {
  it("says how to get it", async () => {
    vi.stubEnv("LAVIS_CACHE", join(tmpdir(), "lavis-empty-cache"));
    expect(isShmInstalled()).toBe(false);
    const reason = "not installed; run: lavisc engine install shm";
    expect(probeShm()).toEqual({ name: "shm", isUsable: false, reason });
    await expect(openShm(place(0, nowhere))).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining("backend shm is not installed"),
      hint: expect.stringMatching(/lavisc engine install shm.*--backend socket/),
    });
  });
});

describe.runIf(isShmInstalled())("shared memory", () => {
  it.runIf(process.platform === "linux")(
    "is whole, zeros, each rank's own, and leaves no file open",
    async () => {
      const sizes = [0, 1, 4096, 1_000_003];
      const all = await runProcesses<unknown, ValueOf<"allocations">>(3, group("allocations", { sizes }));
      for (const [rank, found] of all.entries()) {
        const sum = 3 * (rank + 1);
        expect(found).toEqual({ lengths: sizes, areZeros: true, areApart: true, opened: 0, left: 0, sum });
      }
    },
  );

  it("that there is not enough of, is an error in all ranks and not a signal", async () => {
    const all = await runProcesses<unknown, ValueOf<"tooMuch">>(2, group("tooMuch", { bytes: 1e13 }));
    for (const failure of all) {
      expect(failure).toMatchObject({
        name: "UserError",
        message: expect.stringMatching(/rank 0 could not allocate memory that the processes share: .+/),
      });
    }
  });

  it("is kept for calls that run, whoever else has forgotten it", async () => {
    const environment = { NODE_OPTIONS: "--expose-gc" };
    const options = { ...group("unheld", { calls: 60 }), environment };
    expect(await runProcesses(2, options)).toEqual([2, 2]);
  });

  it("can be left while a call waits; nothing goes on after it", async () => {
    const started = startProcesses<unknown, ValueOf<"leaves">>(2, group("leaves", undefined));
    const [first, second] = await started.outcomes();
    expect(first?.value?.message).toBe("the group is closed");
    // Rank 0 had come to its call, and what that was is still to be read.
    expect(second?.value?.failure).toMatch(/^(out-of-step|peer-lost)$/);
  });
});

describe.runIf(isShmInstalled())("joining", () => {
  it("names memory of rank 0 that cannot be opened", async () => {
    await expect(openShm(place(1, nowhere))).rejects.toMatchObject({
      name: "UserError",
      message:
        "backend shm: rank 1 could not open the memory of rank 0 (/proc/nowhere): No such file or directory",
      hint: expect.stringContaining("one host"),
    });
  });

  it("refuses a file that is no group's", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lavis-shm-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "other");
    writeFileSync(file, Buffer.alloc(100_000));
    await expect(openShm(place(1, async () => file))).rejects.toMatchObject({
      message: expect.stringContaining("could not open the memory of rank 0"),
    });
  });

  it("gives up after the timeout, or when it is told to", async () => {
    await expect(openShm(place(0, nowhere, { timeout: 0.2 }))).rejects.toMatchObject({
      name: "CollectiveError",
      failure: "timeout",
      ranks: [1],
      message: "rank 1 did not join within 0.2 s",
    });
    const stop = new AbortController();
    const reason = new Error("a stop was asked for");
    const ended = expect(openShm(place(0, nowhere, { signal: stop.signal }))).rejects.toBe(reason);
    setTimeout(() => stop.abort(reason), 50);
    await ended;
  });
});

describe.runIf(isShmInstalled())("the addon", () => {
  /** Joins a group of one and starts a call in a thread of this process; leaves the group to be closed by its end. */
  const program = `
    const { parentPort, workerData } = require("node:worker_threads");
    const shm = require(workerData);
    const group = shm.create(1);
    const data = new Uint8Array(1e6);
    const call = shm.start(group, 0, 0, 0, 1, new Uint8Array(192), data, new Uint8Array(0));
    const state = shm.wait(group, call, 10000);
    shm.start(group, 0, 0, 0, 2, new Uint8Array(192), data, new Uint8Array(0));
    parentPort.postMessage(state);
  `;
  const inThread = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(program, { eval: true, workerData: shmAddonFile() });
      let state: number;
      worker.once("message", (message: number) => {
        state = message;
      });
      worker.once("error", reject);
      worker.once("exit", () => resolve(state));
    });

  it("loads in several worker threads of a process, each with its groups, and ends with them", async () => {
    expect(await Promise.all([inThread(), inThread()])).toEqual([1, 1]);
    expect(await inThread()).toBe(1);
  });
});
