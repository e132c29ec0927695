import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { filesOf, type HurtRun, pidsOf, trainHurt, writeFinite } from "../../faults/hurt.ts";
import { gone } from "./alive.ts";
import { makeData } from "./fixture.ts";
import { type Printed, type Started, startProgram, writeProgram } from "./program.ts";

let data: string;
let temporary: string;
beforeAll(async () => {
  data = await makeData();
  temporary = join(data, "temporary");
  mkdirSync(temporary);
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

describe("a training of which processes are killed", () => {
  const unhurt = new Map<number, HurtRun>();
  beforeAll(async () => {
    for (const size of [2, 3]) unhurt.set(size, await trainHurt(writeFinite(data, size), size, []));
  });

  it.each([
    { size: 2, steps: [10] },
    { size: 3, steps: [25] },
    // The second is killed while it starts.
    { size: 2, steps: [20, 0, 40] },
  ])(
    "learns what it learns unhurt: $size processes, one killed after the steps $steps",
    async ({ size, steps }) => {
      const whole = unhurt.get(size);
      expect(whole).toMatchObject({ code: 0, failed: undefined, landed: 0, leftBehind: [] });
      const blows = steps.map((step, index) => ({ rank: (index + 1) % size, step, after: 0 }));
      const hurt = await trainHurt(writeFinite(data, size), size, blows);
      expect(hurt).toMatchObject({ code: 0, failed: undefined, landed: blows.length, leftBehind: [] });
      expect(hurt.restarts).toEqual(
        blows.map(
          ({ rank }, index) => `restart ${index + 1} of ${blows.length}: rank ${rank} was ended by SIGKILL`,
        ),
      );
      expect(hurt.learned).toEqual(whole?.learned);
    },
  );
});

describe("processes that train together", () => {
  let run: Started;
  let pids: readonly number[];
  const start = async (before = "", args: readonly string[] = []): Promise<void> => {
    const path = writeProgram(data, "together.mjs", before, "wasm", {
      run: { world_size: 3, batch_size_train: 2, num_workers: 0 },
    });
    run = startProgram(path, ["--ui", "json", ...args], { TMPDIR: temporary });
    pids = await pidsOf(run, 3);
  };
  afterEach(async () => {
    for (const pid of [run.child.pid ?? 0, ...pids]) {
      try {
        if (pid > 0) process.kill(pid, "SIGKILL");
      } catch {
        // It has ended, as it should.
      }
    }
    for (const pid of pids) await gone(pid);
  });

  /** Ends the run: its exit code, its failure and warnings; nothing of it may be left. */
  async function ending() {
    const { code, error } = await run.end();
    expect(error).toBe("");
    for (const pid of pids) await gone(pid);
    expect(filesOf(pids, temporary)).toEqual([]);
    const failed = run.printed.filter((line): line is Printed & { type: "failed" } => line.type === "failed");
    expect(failed.length).toBeLessThanOrEqual(1);
    const killed = run.printed.filter((line) => line.type === "message" && line.text.endsWith("is killed"));
    return { code, failed: failed[0], numKilled: killed.length };
  }

  it("end by themselves when one is killed, and say where to go on from", async () => {
    await start();
    await run.step(5);
    process.kill(pids[2] ?? 0, "SIGKILL");
    const { code, failed, numKilled } = await ending();
    expect({ code, numKilled }).toEqual({ code: 137, numKilled: 0 });
    expect(failed?.message).toBe("rank 2 was ended by SIGKILL before the run was done");
    expect(existsSync(join(failed?.resumeFrom ?? "", "state.json"))).toBe(true);
  });

  it("end when one throws, and show what it said", async () => {
    await start(
      `if (process.env.RANK === "1") setTimeout(() => { throw new Error("no luck today"); }, 3000);`,
    );
    const { code, failed, numKilled } = await ending();
    expect({ code, numKilled }).toEqual({ code: 1, numKilled: 0 });
    expect(failed?.message).toBe("rank 1 ended with exit code 1 before the run was done");
    expect(run.printed).toContainEqual(
      expect.objectContaining({ type: "output", text: "[1] Error: no luck today" }),
    );
  });

  it("end when one leaves early as if all were well", async () => {
    await start(`if (process.env.RANK === "0") setTimeout(() => process.exit(0), 3000);`);
    const { code, failed, numKilled } = await ending();
    expect({ code, numKilled }).toEqual({ code: 1, numKilled: 0 });
    expect(failed?.message).toBe("rank 0 ended with exit code 0 before the run was done");
  });

  it("give up one that hangs when its time is over, and it is killed", async () => {
    await start("", ["--timeout", "2s"]);
    await run.step(3);
    process.kill(pids[1] ?? 0, "SIGSTOP");
    const { code, failed, numKilled } = await ending();
    expect({ code, numKilled }).toEqual({ code: 124, numKilled: 1 });
    expect(failed).toMatchObject({
      message: expect.stringMatching(/(rank 1 has not come to|not every rank has finished) .* within 2 s$/),
      hint: "rank 1 did not end by itself and was killed",
    });
  });

  it("agree on a step and write one checkpoint when their launcher is asked to stop", async () => {
    await start();
    await run.step(4);
    run.child.kill("SIGTERM");
    const { code, failed } = await ending();
    expect({ code, failed }).toEqual({ code: 143, failed: undefined });
    const done = run.printed.find((line): line is Printed & { type: "done" } => line.type === "done");
    const last = run.printed.findLast((line): line is Printed & { type: "step" } => line.type === "step");
    expect(done).toMatchObject({ outcome: "stopped", step: last?.step });
    expect(done?.resumeFrom).toMatch(new RegExp(`step_${last?.step}$`));
  });

  it("stop with a checkpoint when their launcher is killed, and leave nothing", async () => {
    await start();
    await run.step(4);
    const folder = run.printed.find((line): line is Printed & { type: "start" } => line.type === "start");
    run.child.kill("SIGKILL");
    expect((await run.end()).code).toBe("SIGKILL");
    for (const pid of pids) await gone(pid, 20);
    expect(filesOf(pids, temporary)).toEqual([]);
    const checkpoints = join(folder?.outputDir ?? "", "checkpoints");
    expect(readFileSync(join(checkpoints, "latest"), "utf8")).toMatch(/^step_/);
  });
});
