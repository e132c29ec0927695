import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { gone, isAlive } from "./alive.ts";
import { makeData } from "./fixture.ts";
import { type Printed, type Started, startProgram, writeProgram } from "./program.ts";

let data: string;
let program: string;
beforeAll(async () => {
  data = await makeData();
  program = writeProgram(data, "run.mjs");
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const started: Started[] = [];
afterEach(() => {
  for (const { child } of started.splice(0)) {
    try {
      process.kill(-(child.pid ?? 0), "SIGKILL");
    } catch {
      // It has ended, as it should.
    }
  }
});
const start: typeof startProgram = (...given) => {
  const one = startProgram(...given);
  started.push(one);
  return one;
};

const isDone = (line: Printed): line is Printed & { type: "done" } => line.type === "done";
const isFailed = (line: Printed): line is Printed & { type: "failed" } => line.type === "failed";

/** The checkpoint that a stopped run names; it is whole, and of the last step that was said to be done. */
function checkpointOf({ printed }: Started): string {
  const done = printed.find(isDone);
  expect(done).toMatchObject({ outcome: "stopped" });
  const { step } = printed.findLast((line) => line.type === "step") ?? {};
  const path = done?.resumeFrom ?? "";
  expect(JSON.parse(readFileSync(join(path, "state.json"), "utf8")).state.position.step).toBe(step);
  return path;
}

describe("a program that trains", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)(
    "stops cleanly on a terminal's %s, with exit code %i, and goes on from there",
    async (signal, code) => {
      const run = start(program);
      await run.step(2);
      const worker = await run.workerPid();
      run.signalAll(signal);
      expect(await run.end()).toEqual({ code, error: "" });
      const checkpoint = checkpointOf(run);
      await gone(worker, 1);
      if (signal !== "SIGINT") return;
      const next = start(program, ["--ui=json", `--resume=${checkpoint}`]);
      await next.step(1);
      next.child.kill(signal);
      expect(await next.end()).toEqual({ code, error: "" });
      const first = next.printed.find((line) => line.type === "step");
      expect(first?.step).toBe(Number(checkpoint.split("_").at(-1)) + 1);
    },
  );

  it("stops with the exit code of a signal that only its training process got", async () => {
    const run = start(program);
    await run.step(1);
    process.kill(await run.workerPid(), "SIGTERM");
    expect(await run.end()).toEqual({ code: 143, error: "" });
    checkpointOf(run);
  });

  it.skipIf(process.platform === "win32")("halts as ctrl-Z asks, and goes on", async () => {
    const run = start(program);
    await run.step(1);
    const pids = [run.child.pid ?? 0, await run.workerPid()];
    const states = () =>
      pids.map((pid) => spawnSync("ps", ["-o", "stat=", "-p", `${pid}`]).stdout.toString()[0]);
    run.child.kill("SIGTSTP");
    await expect.poll(states, { timeout: 10_000 }).toEqual(["T", "T"]);
    const seen = run.printed.length;
    run.child.kill("SIGCONT");
    await run.until((line): line is Printed => line.type === "step" && run.printed.indexOf(line) > seen);
    expect(states()).not.toContain("T");
    run.child.kill("SIGTERM");
    expect(await run.end()).toEqual({ code: 143, error: "" });
  });

  it("ends at once on a second signal, and leaves no process", async () => {
    // A step that never ends: the first signal is not heard.
    const hung = writeProgram(
      data,
      "hung.mjs",
      `if (process.env.RANK !== undefined)
         process.on("SIGUSR2", () => { for (;;); });`,
    );
    const run = start(hung);
    await run.step(1);
    const worker = await run.workerPid();
    process.kill(worker, "SIGUSR2");
    run.child.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isAlive(worker)).toBe(true);
    run.child.kill("SIGINT");
    expect(await run.end()).toEqual({ code: 130, error: "" });
    expect(run.printed.find(isFailed)).toMatchObject({ message: expect.stringContaining("ended at once") });
    await gone(worker, 1);
  });

  it("stops while it is starting", async () => {
    const run = start(program);
    await run.workerPid();
    run.signalAll("SIGINT");
    expect((await run.end()).code).toBe(130);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "stops on %s while one of its processes waits for another that starts",
    async (signal, code) => {
      // Rank 1 is long at its annotations, and rank 0 comes to where it waits for it: it hears nothing there.
      const slow = writeProgram(
        data,
        "slow.mjs",
        `const parse = JSON.parse;
       if (process.env.RANK === "1") JSON.parse = (text, ...rest) => {
         if (String(text).includes("a black")) {
           JSON.parse = parse;
           console.log("held up");
           Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000);
         }
         return parse(text, ...rest);
       };`,
        "wasm",
        { run: { world_size: 2, num_workers: 0 } },
      );
      const run = start(slow);
      await run.until((line): line is Printed => "text" in line && line.text.includes("held up"));
      await run.until(
        (line): line is Printed => line.type === "phase" && /^building/.test(line.detail ?? ""),
      );
      await new Promise((resolve) => setTimeout(resolve, 1000));
      run.child.kill(signal);
      expect(await run.end()).toEqual({ code, error: "" });
      expect(run.printed.filter(isFailed)).toEqual([]);
      expect(run.printed.at(-1)).toMatchObject({ type: "done", outcome: "stopped", step: 0 });
    },
  );

  it("leaves no process and a whole checkpoint where the launcher is killed", async () => {
    const run = start(program);
    await run.step(2);
    const worker = await run.workerPid();
    const folder = run.printed.find((line) => line.type === "start")?.outputDir ?? "";
    run.child.kill("SIGKILL");
    await run.end();
    await gone(worker);
    const latest = readFileSync(join(folder, "checkpoints/latest"), "utf8").trim();
    expect(latest).toMatch(/^step_/);
    expect(existsSync(join(folder, "checkpoints", latest, "state.json"))).toBe(true);
  });

  it("says where to go on from where the training process is killed", async () => {
    const run = start(program);
    await run.step(4);
    process.kill(await run.workerPid(), "SIGKILL");
    expect(await run.end()).toEqual({ code: 137, error: "" });
    const failed = run.printed.find(isFailed);
    expect(failed).toMatchObject({
      message: "the training process was ended by SIGKILL before it was done",
      hint: expect.stringContaining("out of memory"),
    });
    expect(existsSync(join(failed?.resumeFrom ?? "", "state.json"))).toBe(true);
  });

  it("shows what a training process said that crashed at its start", async () => {
    const broken = writeProgram(
      data,
      "broken.mjs",
      `if (process.env.RANK !== undefined) throw new Error("no luck today");`,
    );
    const run = start(broken);
    expect(await run.end()).toEqual({ code: 1, error: "" });
    expect(run.printed).toContainEqual(
      expect.objectContaining({ type: "output", text: "Error: no luck today" }),
    );
    expect(run.printed.find(isFailed)).toMatchObject({
      message: "the training process ended with exit code 1 before it was done",
      hint: "the lines above say more",
    });
  });
});

describe("a training process of another launcher (RANK is set)", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("stops cleanly on %s, with exit code %i", async (signal, code) => {
    const run = start(program, ["--ui", "json"], { RANK: "0", WORLD_SIZE: "1" });
    await run.step(1);
    run.child.kill(signal);
    expect(await run.end()).toEqual({ code, error: "" });
    checkpointOf(run);
  });

  it("prints plain lines, and how to go on", async () => {
    const run = start(program, [], { RANK: "0", WORLD_SIZE: "1" });
    const isText = (line: Printed): line is Printed & { type: "text" } =>
      line.type === "text" && line.text.startsWith("epoch 1/100000 step 2/");
    await run.until(isText);
    run.child.kill("SIGTERM");
    expect(await run.end()).toEqual({ code: 143, error: "" });
    const last = run.printed.at(-1);
    expect(last).toMatchObject({
      text: expect.stringMatching(/^to go on, .* --resume .*checkpoints\/step_\d+$/),
    });
  });

  it("says what is missing where it is one of several and cannot find the others", async () => {
    const run = start(program, [], { RANK: "0", WORLD_SIZE: "2" });
    expect(await run.end()).toEqual({
      code: 2,
      error: expect.stringMatching(/^error: neither MASTER_ADDR nor MASTER_PORT is set.*\n {2}set them/),
    });
  });
});

describe("a program that cannot start its processes", () => {
  const failureOf = async (run: object, env: Readonly<Record<string, string>> = {}) => {
    const wrong = start(writeProgram(data, "wrong.mjs", "", "wasm", { run: { ...run } }), ["--ui=json"], env);
    expect(await wrong.end()).toEqual({ code: 1, error: "" });
    return wrong.printed.filter(isFailed);
  };

  it("says that there are fewer GPUs than processes", async () => {
    expect(await failureOf({ world_size: 2, device: "cuda" }, { CUDA_VISIBLE_DEVICES: "" })).toMatchObject([
      {
        message: expect.stringMatching(/^run.world_size is 2, .* CUDA_VISIBLE_DEVICES= leaves no GPU$/),
        hint: "set run.device = cpu to train on the processors",
      },
    ]);
  });

  it("says what is wrong with the recipe", async () => {
    expect(await failureOf({ world_size: 0 })).toMatchObject([
      { message: expect.stringMatching(/world_size is 0/) },
    ]);
  });
});

describe("the command line of a program", () => {
  it.each([
    [["--help"], 0, ""],
    [["--uo", "json"], 2, "error: unknown flag --uo\n  did you mean --ui?\n"],
    [["--ui", "ink"], 2, "error: --ui ink needs a terminal\n  leave --ui out, or take plain or json\n"],
    [["--resume"], 2, expect.stringContaining("--resume needs a value")],
  ] as const)("%j ends with code %i", async (args, code, error) => {
    expect(await start(program, args).end()).toEqual({ code, error });
  });

  it("names a checkpoint that is not there", async () => {
    const run = start(program, ["--ui", "plain", "--resume", join(data, "nowhere")]);
    const { code, error } = await run.end();
    expect({ code, error }).toEqual({
      code: 1,
      error: expect.stringMatching(/^error: .*nowhere is no checkpoint of lavis/),
    });
  });
});
