import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { engineNames } from "../engine/harness.ts";
import { gone } from "./alive.ts";
import { makeData } from "./fixture.ts";
import { type Printed, type Started, startProgram, writeProgram } from "./program.ts";

/** Engines as recipes write them. */
const engines = engineNames.map((name) => name.replaceAll("-", "_"));

/** Where processes share memory by name; only Linux shows it as a folder. */
const sharedMemory = "/dev/shm";

describe.each(engines)("a run on %s that is killed while it trains", (engine) => {
  let data: string;
  let temporary: string;
  let run: Started;
  let worker: number;
  /** The process group of the run; 0, which would be the tests' own, is never signalled. */
  let group: number;
  beforeEach(async () => {
    group = 0;
    data = await makeData();
    temporary = join(data, "temporary");
    mkdirSync(temporary);
    run = startProgram(writeProgram(data, "run.mjs", "", engine), ["--ui", "json"], { TMPDIR: temporary });
    group = run.child.pid ?? 0;
    worker = await run.workerPid();
    // Past the first checkpoint, which each epoch of three steps ends with.
    await run.step(5);
  });
  afterEach(() => {
    try {
      if (group > 0) process.kill(-group, "SIGKILL");
    } catch {
      // It has ended, as it should.
    }
    rmSync(data, { recursive: true, force: true });
  });

  /** What may not be there when both processes have ended; checkpoints that were being written are the next run's to clear. */
  function expectNothingLeft(): void {
    expect(readdirSync(temporary)).toEqual([]);
    if (existsSync(sharedMemory)) {
      const pids = [worker, run.child.pid ?? 0].map((pid) => new RegExp(`(?<!\\d)${pid}(?!\\d)`));
      const ours = readdirSync(sharedMemory).filter((name) => pids.some((pid) => pid.test(name)));
      expect(ours).toEqual([]);
    }
    const locks = readdirSync(data, { recursive: true, encoding: "utf8" }).filter((name) =>
      /lock/i.test(name),
    );
    expect(locks).toEqual([]);
  }

  it("leaves nothing behind but its checkpoints when the worker is, and the launcher says so", async () => {
    process.kill(worker, "SIGKILL");
    expect(await run.end()).toEqual({ code: 137, error: "" });
    const failed = run.printed.find((line): line is Printed & { type: "failed" } => line.type === "failed");
    expect(failed?.message).toBe("the training process was ended by SIGKILL before it was done");
    const state = JSON.parse(readFileSync(join(failed?.resumeFrom ?? "", "state.json"), "utf8"));
    expect(state.state.position.step).toBeGreaterThanOrEqual(3);
    await gone(worker, 1);
    expectNothingLeft();
  });

  it("leaves no worker when the launcher is", async () => {
    run.child.kill("SIGKILL");
    expect((await run.end()).code).toBe("SIGKILL");
    await gone(worker);
    expectNothingLeft();
  });
});
