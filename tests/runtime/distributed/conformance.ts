import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { nameRanks } from "../../../runtime/distributed/errors.ts";
import type * as cases from "./conformance-cases.ts";
import type { Departure, OutOfStep, Place } from "./conformance-cases.ts";
import { Crew, type Failure, type Group, type GroupOptions, startProcesses } from "./processes.ts";

export interface Suite {
  /** The transport's name in the titles of tests. */
  readonly name: string;
  /** The module that opens it: `OpenTransport` of processes.ts. */
  readonly open: URL;
  /** Why it cannot be tested here; undefined where it can. */
  readonly missing?: string | undefined;
  /** Whether it can tell which ranks have not come to a call. */
  readonly knowsWhoIsMissing: boolean;
  /** Whether a process can be in several groups of it at once. */
  readonly severalGroups?: boolean;
}

/** By when a process that ended has to be noticed, milliseconds. The aim is half of it; tests share their machine. */
const noticed = 1000;

const modulePath = new URL("./conformance-cases.ts", import.meta.url);

type Cases = typeof cases;
type ArgsOf<Name extends keyof Cases> = Parameters<Cases[Name]> extends [unknown, infer Args] ? Args : null;
type ValueOf<Name extends keyof Cases> = Awaited<ReturnType<Cases[Name]>>;
type Settings = Pick<GroupOptions<unknown>, "timeout" | "warnAfter" | "environment">;

/** What every transport does, and what it does where something goes wrong. */
export function describeTransport({
  name,
  open,
  missing,
  knowsWhoIsMissing,
  severalGroups = true,
}: Suite): void {
  const options = <Name extends keyof Cases>(
    of: Name,
    args: ArgsOf<Name>,
    settings: Settings,
  ): GroupOptions<ArgsOf<Name>> => ({ open, cases: modulePath, name: of, args, ...settings });
  const crews = [1, 2, 3, 4].map((size) => new Crew(size));
  const run = async <Name extends keyof Cases>(
    size: number,
    of: Name,
    args: ArgsOf<Name>,
  ): Promise<ValueOf<Name>[]> => (await crews[size - 1]?.run(options(of, args, {}))) ?? [];
  const start = <Name extends keyof Cases>(
    size: number,
    of: Name,
    args: ArgsOf<Name>,
    settings: Settings = {},
  ): Group<ValueOf<Name>> => startProcesses(size, options(of, args, settings));

  const title = missing === undefined ? name : `${name} (skipped: ${missing})`;
  describe.skipIf(missing !== undefined)(title, { timeout: 120_000 }, () => {
    afterAll(() => Promise.all(crews.map((crew) => crew.end())));

    describe.each([1, 2, 3, 4])("between %i processes", (size) => {
      it("all-reduces numbers of any count, the same bits in all", async () => {
        const lengths = [...new Set([0, 1, 15, size - 1, 1e6 + 3])];
        const places: Place[] = ["own memory", "allocated memory", "allocated memory, unaligned"];
        const [first = [], ...others] = await run(size, "allReduce", { lengths, places });
        for (const { what, error, isContained } of first) {
          expect(error, what).toBeLessThanOrEqual(1);
          expect(isContained, what).toBe(true);
        }
        expect(first).toHaveLength(lengths.length * 3 * places.length);
        for (const other of others) expect(other).toEqual(first);
      });

      it("gives each its part in reduce-scatter", async () => {
        const all = await run(size, "reduceScatter", { lengths: [0, 1, 15, 300_001] });
        for (const { what, length, error } of all.flat()) {
          expect(length, what).toBe(0);
          expect(error, what).toBeLessThanOrEqual(1);
        }
      });

      it("carries numbers that are none", async () => {
        const all = await run(size, "extremes", null);
        const least = String(Math.fround(-3e38));
        const sum = ["NaN", "Infinity", size > 1 ? "-Infinity" : least];
        for (const found of all) expect(found).toEqual({ sum, max: ["Infinity", "-Infinity", least] });
      });

      it("broadcasts bytes from each", async () => {
        const all = await run(size, "broadcast", { lengths: [0, 1, 15, 4096, 2_000_003] });
        for (const { what, isRight } of all.flat()) expect(isRight, what).toBe(true);
      });

      it("gathers numbers and objects in the order of ranks", async () => {
        const all = await run(size, "allGather", { lengths: [0, 1, 15, 300_001] });
        for (const { what, isRight } of all.flat()) expect(isRight, what).toBe(true);
        const ranks = Array.from({ length: size }, (_, rank) => rank);
        for (const found of await run(size, "objects", null)) {
          const lengths = ranks.map((rank) => 10 * rank);
          expect(found).toEqual({ ranks, lengths, times: ranks, given: { hash: "abc" } });
        }
      });

      it("runs started calls in the background, and many in a row", async () => {
        for (const errors of await run(size, "background", { length: 200_003, calls: 6 })) {
          expect(errors).toHaveLength(7);
          expect(Math.max(...errors)).toBeLessThanOrEqual(1);
        }
        const calls = 2000;
        const total = (size * calls * (calls - 1)) / 2 + (calls * size * (size - 1)) / 2;
        expect(await run(size, "manyCalls", { calls })).toEqual(new Array(size).fill(total));
      });

      it("holds everybody at a barrier until the last has come", async () => {
        const all = await run(size, "barrier", null);
        const last = Math.max(...all.map(({ came }) => came));
        for (const { left } of all) expect(left).toBeGreaterThanOrEqual(last);
      });
    });

    it.runIf(severalGroups)("keeps two groups of the same processes apart", async () => {
      expect(await run(2, "twoGroups", null)).toEqual([
        [1, 10],
        [1, 10],
      ]);
    });

    describe("processes out of step", () => {
      const ways: readonly (readonly [OutOfStep, string])[] = [
        ["another kind", 'barrier for "end of epoch", call 2'],
        ["another length", 'all-reduce (sum) of 16 bytes for "gradients", call 2'],
        ["another tag", 'all-reduce (sum) of 12 bytes for "loss", call 2'],
        ["another reduction", 'all-reduce (max) of 12 bytes for "gradients", call 2'],
        ["an allocation", 'allocation of 12 bytes for "gradients", call 2'],
      ];
      it.each(ways)("name both calls where they differ by %s, and go no further", async (how, theirs) => {
        const all = await run(3, "outOfStep", { how });
        const ours = 'all-reduce (sum) of 12 bytes for "gradients", call 2';
        const words = (rank: number, own: string, other: number, its: string): string =>
          `the processes are out of step: rank ${rank} is in ${own}, rank ${other} is in ${its}`;
        const messages = [words(0, ours, 1, theirs), words(1, theirs, 0, ours), words(2, theirs, 0, ours)];
        for (const [rank, [first, after]] of all.entries()) {
          expect(first).toMatchObject({ failure: "out-of-step", message: messages[rank] });
          expect(after?.message).toBe(messages[rank]);
        }
      });
    });

    describe("when a process leaves", () => {
      const leaving = (how: Departure, isLate: boolean) => start(3, "departed", { how, isLate });

      it.each([
        ["while others wait for it", false],
        ["before others come", true],
      ])("%s, killed, they fail soon and for good", async (_, isLate) => {
        const group = leaving("killed", isLate);
        await group.reported(1, "leaving");
        const killed = group.signal(1, "SIGKILL");
        const outcomes = await group.outcomes();
        expect(outcomes[1]?.code).toBe("SIGKILL");
        for (const rank of [0, 2]) {
          const [first, after] = outcomes[rank]?.value ?? [];
          expectLost(first, [1]);
          if (!isLate) expect((first?.at ?? 0) - killed).toBeLessThan(noticed);
          expect(after?.message).toBe(first?.message);
        }
      });

      it.each(["thrown", "closed"] as const)("%s, the others fail", async (how) => {
        const group = leaving(how, false);
        const outcomes = await group.outcomes();
        expect(outcomes[1]?.code).toBe(how === "thrown" ? 1 : 0);
        for (const rank of [0, 2]) expectLost(outcomes[rank]?.value?.[0], [1]);
      });

      it.each([
        ["while others wait", false],
        ["before others come", true],
      ])("having aborted %s, they fail with its reason", async (_, isLate) => {
        const group = leaving("aborted", isLate);
        const left = await group.reported(1, "leaving");
        await Promise.all([group.reported(0, "noticed"), group.reported(2, "noticed")]);
        group.signal(1, "SIGKILL");
        const outcomes = await group.outcomes();
        for (const rank of [0, 2]) {
          const [first, after] = outcomes[rank]?.value ?? [];
          expect(first).toMatchObject({ name: "CollectiveError", failure: "aborted" });
          expect(first?.message).toContain("rank 1 has no memory left");
          if (!isLate) expect((first?.at ?? 0) - left.at).toBeLessThan(noticed);
          expect(after?.message).toBe(first?.message);
        }
      });

      it("in the midst of a transfer, the others fail soon", async () => {
        const group = start(3, "endless", null);
        await Promise.all([0, 1, 2].map((rank) => group.reported(rank, "running")));
        const killed = group.signal(2, "SIGKILL");
        const outcomes = await group.outcomes();
        for (const rank of [0, 1]) {
          const failure = outcomes[rank]?.value;
          expectLost(failure, [2]);
          expect((failure?.at ?? 0) - killed).toBeLessThan(noticed);
        }
      });

      it("by kill -9 of all, nothing is left in shared memory or temporary folders", async () => {
        const folder = mkdtempSync(join(tmpdir(), "lavis-conformance-"));
        onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
        const before = sharedMemory();
        const group = start(2, "endless", null, { environment: { TMPDIR: folder } });
        await Promise.all([0, 1].map((rank) => group.reported(rank, "running")));
        for (const rank of [0, 1]) group.signal(rank, "SIGKILL");
        await group.outcomes();
        // tsx, which runs these tests' processes, keeps its own files there.
        expect(readdirSync(folder).filter((entry) => !entry.startsWith("tsx-"))).toEqual([]);
        expect(sharedMemory().filter((entry) => !before.includes(entry))).toEqual([]);
      });
    });

    describe("a process that does not come", () => {
      const call = 'all-reduce (sum) of 4000 bytes for "gradients", call 2';
      const who = knowsWhoIsMissing ? `${nameRanks([1])} has not come to` : "not every rank has finished";

      it("is given up after the timeout by those that wait, and learns of it", async () => {
        const group = start(3, "late", { seconds: 0.5 }, { timeout: 1.5 });
        await group.reported(1, "late");
        const stopped = group.signal(1, "SIGSTOP");
        await Promise.all([group.reported(0, "over"), group.reported(2, "over")]);
        group.signal(1, "SIGCONT");
        const outcomes = await group.outcomes();
        const failures = [0, 2].map((rank) => outcomes[rank]?.value);
        // One of them is the first to give up, and its abort may reach the other before its own clock does.
        const first = failures.find((failure) => failure?.failure === "timeout");
        expect(first?.message).toBe(`${who} ${call} within 1.5 s`);
        expect(first?.ranks).toEqual(knowsWhoIsMissing ? [1] : []);
        for (const failure of failures) {
          expect(failure?.message).toContain(`${who} ${call} within 1.5 s`);
          expect((failure?.at ?? 0) - stopped).toBeLessThan(1500 + noticed);
        }
        expect(outcomes[1]?.value?.failure).toMatch(/^(aborted|peer-lost)$/);
      });

      it("is named in a warning, and the call goes on when it comes", async () => {
        const group = start(3, "late", { seconds: 1.5 }, { warnAfter: 0.4 });
        const warnings = await Promise.all([0, 2].map((rank) => group.reported(rank, /gradients/)));
        for (const { event } of warnings) {
          expect(event.replace(/\d s$/, "N s")).toBe(`${who} ${call} for N s`);
        }
        for (const { value, code } of await group.outcomes()) {
          expect(code).toBe(0);
          expect(value).toBeUndefined();
        }
      });
    });
  });
}

function expectLost(failure: Failure | undefined, ranks: readonly number[]): void {
  expect(failure).toMatchObject({ name: "CollectiveError", failure: "peer-lost", ranks });
  expect(failure?.message).toContain(nameRanks(ranks));
}

/** Where Linux shows shared memory that has a name. */
function sharedMemory(): string[] {
  return existsSync("/dev/shm") ? readdirSync("/dev/shm") : [];
}
