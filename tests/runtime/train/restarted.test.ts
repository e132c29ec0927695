import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Collectives } from "../../../runtime/distributed/collectives.ts";
import type { Topology } from "../../../runtime/distributed/topology.ts";
import type { Recipe } from "../../../runtime/recipe.ts";
import { Control } from "../../../runtime/train/control.ts";
import type { Stamped } from "../../../runtime/train/events.ts";
import { findRestarted, type RecordedJob } from "../../../runtime/train/restarted.ts";
import { train } from "../../../runtime/train/worker.ts";
import { type Changes, type Ended, ended, makeData, stopAfter, tinyRecipe } from "./fixture.ts";

const again: Topology = {
  launcher: "torchrun",
  rank: 0,
  worldSize: 1,
  localRank: 0,
  localWorldSize: 1,
  nodeRank: 0,
  numNodes: 1,
  master: { host: "127.0.0.1", port: 29501 },
  jobId: "torchrun-none-127.0.0.1:29500",
  restartCount: 1,
  mayBeRestarted: true,
  token: undefined,
};
const first: Topology = { ...again, restartCount: 0, mayBeRestarted: false };
/** Under torchrun with a run's id: a host may have come or gone, which it does not count. */
const maybe: Topology = { ...again, restartCount: 0 };

describe("the run that a job that was started again goes on with", () => {
  let outputDir: string;
  beforeEach(() => {
    outputDir = mkdtempSync(join(tmpdir(), "lavis-restarted-"));
  });
  afterEach(() => rmSync(outputDir, { recursive: true }));

  /** Makes the folder of a run that was cut off after a checkpoint. */
  function writeRun(name: string, job: Partial<RecordedJob> = {}): string {
    const recorded = { id: again.jobId, processes: 1, recipe: "hash", finished: false, ...job };
    return writeRecord(name, JSON.stringify({ name: "tiny", job: recorded }));
  }

  function writeRecord(name: string, record: string): string {
    const folder = join(outputDir, name);
    mkdirSync(join(folder, "checkpoints"), { recursive: true });
    writeFileSync(join(folder, "run.json"), record);
    writeFileSync(join(folder, "checkpoints", "latest"), "epoch_0\n");
    return folder;
  }

  function find(topology: Topology | undefined, folder = outputDir) {
    const warnings: string[] = [];
    return { found: findRestarted(folder, topology, "hash", (text) => warnings.push(text)), warnings };
  }

  const at = (folder: string) => ({
    found: { folder, checkpoint: join(folder, "checkpoints", "epoch_0") },
    warnings: [],
  });

  it("is that of its job, though another run has begun meanwhile and no link points at it", () => {
    const own = writeRun("20260131-120000");
    writeRun("20260131-130000", { id: "another" });
    expect(find(again)).toEqual(at(own));
  });

  it("is the newest of several, of the same second too", () => {
    for (const name of ["20260131-120000", "20260201-120000", "20260201-120000-2"]) writeRun(name);
    const newest = writeRun("20260201-120000-10");
    expect(find(again)).toEqual(at(newest));
  });

  it("has no checkpoint to go on from where none was written", () => {
    const folder = writeRun("20260131-120000");
    rmSync(join(folder, "checkpoints", "latest"));
    expect(find(again).found).toEqual({ folder, checkpoint: undefined });
  });

  it("is not looked for in a first attempt", () => {
    writeRun("20260131-120000");
    const none = { found: undefined, warnings: [] };
    expect(find(first)).toEqual(none);
    expect(find(undefined)).toEqual(none);
  });

  it("is looked for where restarts may not have been counted, and not missed", () => {
    expect(find(maybe)).toEqual({ found: undefined, warnings: [] });
    expect(find(maybe, join(outputDir, "missing"))).toEqual({ found: undefined, warnings: [] });
    const own = writeRun("20260131-120000");
    expect(find(maybe)).toEqual(at(own));
  });

  it.each<[string, Partial<RecordedJob>]>([
    ["has finished", { finished: true }],
    ["is of another recipe", { recipe: "another" }],
  ])("is none that %s, as of an earlier job with the same name", (why, job) => {
    const folder = writeRun("20260131-120000", job);
    const { found, warnings } = find(again);
    expect(found).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/^the run begins anew: /)]);
    expect(warnings[0]).toContain(`no run of it to go on with: that in ${folder} ${why}`);
  });

  it("may have finished under the program's own launcher, which gives no two jobs one name", () => {
    const folder = writeRun("20260131-120000", { finished: true });
    expect(find({ ...again, launcher: "lavis" })).toEqual(at(folder));
  });

  it.each(["", "{", "null", "[]", '{"job":7}', '{"job":{"id":"torchrun-none-127.0.0.1:29500"}}'])(
    "is none whose run.json is damaged: %j",
    (record) => {
      const own = writeRun("20260131-120000");
      writeRecord("20260131-130000", record);
      mkdirSync(join(outputDir, "20260131-140000"));
      writeFileSync(join(outputDir, "notes.txt"), "");
      expect(find(again)).toEqual(at(own));
    },
  );

  it("is missed where there is none, or no folder at all", () => {
    for (const folder of [outputDir, join(outputDir, "missing")]) {
      const { found, warnings } = find(again, folder);
      expect(found).toBeUndefined();
      expect(warnings).toEqual([expect.stringContaining("no attempt before came to one")]);
    }
  });
});

describe("a job that is started again", { timeout: 120_000 }, () => {
  let data: string;
  beforeEach(async () => {
    data = await makeData();
  });
  afterEach(() => rmSync(data, { recursive: true }));

  async function attempt(
    topology: Topology,
    onEvent: (event: Stamped, control: Control) => void = () => {},
    changes: Changes = {},
  ): Promise<Ended> {
    const recipe: Recipe = tinyRecipe(data, changes);
    const control = new Control();
    const events: Stamped[] = [];
    const deliver = (event: Stamped): void => {
      events.push(event);
      onEvent(event, control);
    };
    const job = { processes: Collectives.alone(), topology, description: "one process" };
    return ended(await train(recipe, control, deliver, async () => job), events);
  }

  const jobOf = ({ folder }: Ended): RecordedJob =>
    JSON.parse(readFileSync(join(folder, "run.json"), "utf8")).job;
  const warningsOf = (run: Ended): string[] =>
    run.of("message").flatMap(({ level, text }) => (level === "warning" ? [text] : []));

  it("goes on with its run until that has finished, and then begins one", async () => {
    const stopped = await attempt(first, stopAfter(2));
    expect(jobOf(stopped)).toMatchObject({ id: first.jobId, processes: 1, finished: false });
    // A launcher that did not count: the run was stopped with a checkpoint.
    const on = await attempt(maybe);
    expect(on.folder).toBe(stopped.folder);
    expect(on.steps.map(({ step }) => step)).toEqual([3, 4, 5, 6]);
    expect(jobOf(on)).toEqual({ ...jobOf(stopped), finished: true });
    const next = await attempt(again);
    expect(next.folder).not.toBe(stopped.folder);
    expect(next.steps).toHaveLength(6);
    expect(warningsOf(next)).toEqual([expect.stringContaining(`${stopped.folder} has finished`)]);
  });

  it("begins anew with another recipe", async () => {
    const stopped = await attempt(first, stopAfter(2));
    const other = await attempt(again, undefined, { optimizer: { weight_decay: 0.5 } });
    expect(other.folder).not.toBe(stopped.folder);
    expect(warningsOf(other)).toEqual([expect.stringContaining(`${stopped.folder} is of another recipe`)]);
  });
});
