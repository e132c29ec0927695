import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { CheckpointEvent, DoneEvent, StepEvent } from "../../../runtime/train/events.ts";
import { freePort } from "../distributed/launched.ts";
import { makeData } from "./fixture.ts";
import { type Printed, type Started, startProgram, writeProgram } from "./program.ts";

// Processes that a launcher of another kind starts and signals: a PyTorchJob of Kubeflow has one in each pod.

let data: string;
beforeEach(async () => {
  data = await makeData();
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

/** Starts both processes of a job that trains until it is stopped. */
async function startBoth(): Promise<readonly [Started, Started]> {
  const path = writeProgram(data, "run.mjs", "", "wasm", {
    run: { batch_size_train: 2, num_workers: 0, save_freq: 0 },
  });
  const port = await freePort();
  const begin = (rank: number): Started => {
    const one = startProgram(path, ["--ui", "json"], {
      RANK: `${rank}`,
      WORLD_SIZE: "2",
      LOCAL_RANK: `${rank}`,
      LOCAL_WORLD_SIZE: "2",
      MASTER_ADDR: "127.0.0.1",
      MASTER_PORT: `${port}`,
    });
    onTestFinished(() => void one.child.kill("SIGKILL"));
    return one;
  };
  return [begin(0), begin(1)];
}

const of = <T extends Printed["type"]>({ printed }: Started, type: T) =>
  printed.filter((line): line is Extract<Printed, { readonly type: T }> => line.type === type);

describe("two processes of another launcher", { timeout: 120_000 }, () => {
  it.each([
    ["SIGUSR1", "the first", [0]],
    ["SIGUSR1", "the second", [1]],
    ["SIGTERM", "the second", [1]],
    ["SIGTERM", "both", [0, 1]],
    ["SIGTERM", "both, in the other order,", [1, 0]],
  ] as const)("stop after the same step, with one checkpoint, when %s comes to %s", async (signal, _, to) => {
    const both = await startBoth();
    await both[0].step(3);
    for (const rank of to) both[rank]?.child.kill(signal);
    // A job stops as a whole: each process ends as the one does that was asked.
    const ended = { code: 143, error: "" };
    expect(await Promise.all(both.map((one) => one.end()))).toEqual([ended, ended]);

    const [first, second] = both;
    const steps: readonly StepEvent[] = of(first, "step");
    const last = steps.at(-1)?.step ?? 0;
    const done: readonly DoneEvent[] = of(first, "done");
    const written: readonly CheckpointEvent[] = of(first, "checkpoint");
    expect(done).toMatchObject([{ outcome: "stopped", step: last, resumeFrom: written[0]?.path }]);
    expect(written).toMatchObject([{ step: last }]);
    // The second is silent, and has written nothing.
    expect(second.printed.filter(({ type }) => type !== "text")).toEqual([]);
    const folders = readdirSync(join(data, "output")).filter((name) => name !== "latest");
    expect(folders).toHaveLength(1);
    const checkpoints = join(data, "output", "latest", "checkpoints");
    const names = readdirSync(checkpoints).filter((name) =>
      existsSync(join(checkpoints, name, "state.json")),
    );
    const wholes = names.filter((name) => !["latest", "best"].includes(name));
    expect(wholes).toEqual([`step_${last}`]);
    const { state } = JSON.parse(readFileSync(join(checkpoints, `step_${last}`, "state.json"), "utf8"));
    expect(state.position.step).toBe(last);
  });
});
