import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Stamped } from "../../../runtime/train/events.ts";
import { type Ended, found, foundTorchrun, mpirunAsRoot, run } from "../distributed/launched.ts";
import { makeData } from "./fixture.ts";
import { writeProgram } from "./program.ts";

// Whole programs, started by launchers of others: two processes that train, maybe twice.
const patience = { timeout: 300_000 };

const torchrun = foundTorchrun();
const mpirun = found("mpirun", "--version");
const without = (command: string | undefined, name: string): string =>
  command === undefined ? ` (skipped: there is no ${name})` : "";

const numEpochs = 4;
let data: string;
beforeEach(async () => {
  data = await makeData();
});
afterEach(() => rmSync(data, { recursive: true }));

/** Writes a program of two processes that comes to an end; `world_size` is what its launcher says. */
function program(name: string, before = ""): string {
  return writeProgram(data, `${name}.mjs`, before, "wasm", {
    schedule: { max_epoch: numEpochs },
    run: { batch_size_train: 2, num_workers: 0, output_dir: join(data, name) },
  });
}

/** The last loss of each step that was told of: of a step that was made again, the second time. */
function lossesOf({ lines }: Ended<Stamped>): number[] {
  const losses: number[] = [];
  for (const line of lines) if (line.type === "step") losses[line.step] = line.losses.loss ?? Number.NaN;
  return Object.values(losses);
}

function isLeftAlone(line: Stamped): boolean {
  return line.type === "failed" && line.message.includes("rank 1 has ended");
}

function expectWhole(ended: Ended<Stamped>, numRuns: number): void {
  const { code, lines, error } = ended;
  // Whoever was left alone may have had the time to say so before its launcher ended it.
  const failed = lines.filter((line) => line.type === "failed" && !(numRuns > 1 && isLeftAlone(line)));
  expect({ code, failed, error: code === 0 ? "" : error }).toEqual({ code: 0, failed: [], error: "" });
  // Only the first process tells of the run.
  expect(lines.filter(({ type }) => type === "start")).toHaveLength(numRuns);
  expect(lines.filter((line) => line.type === "done" && line.outcome === "finished")).toHaveLength(1);
  expect(lossesOf(ended).length).toBeGreaterThanOrEqual(numEpochs);
}

describe(`a program under torchrun${without(torchrun, "torchrun")}`, patience, () => {
  it.skipIf(torchrun === undefined)(
    "trains, and learns the same when a process is killed and torchrun starts all again",
    async () => {
      const command = [
        torchrun ?? "",
        "--standalone",
        "--nproc-per-node",
        "2",
        "--max-restarts",
        "1",
        "--no-python",
      ];
      const train = (path: string) => run<Stamped>([...command, process.execPath, path, "--ui", "json"]);
      const whole = await train(program("whole"));
      expectWhole(whole, 1);
      // A thread of rank 1 kills it as soon as there is a checkpoint, the first time.
      const latest = join(data, "hurt", "latest", "checkpoints", "latest");
      const killer = `
      const { existsSync } = require("node:fs");
      setInterval(() => existsSync(${JSON.stringify(latest)}) && process.kill(process.pid, "SIGKILL"), 5);`;
      const hurt = await train(
        program(
          "hurt",
          `import { Worker } from "node:worker_threads";
         if (process.env.RANK === "1" && process.env.TORCHELASTIC_RESTART_COUNT === "0")
           new Worker(${JSON.stringify(killer)}, { eval: true }).unref();`,
        ),
      );
      // The one that was killed, or the one that it left alone, whichever torchrun sees first.
      expect(hurt.error).toMatch(/exitcode: (-9|75)/);
      expectWhole(hurt, 2);
      expect(lossesOf(hurt)).toEqual(lossesOf(whole));
      // The second attempt went on in the folder of the first.
      expect(readdirSync(join(data, "hurt")).filter((name) => name !== "latest")).toHaveLength(1);
    },
  );
});

describe(`a program under mpirun${without(mpirun, "mpirun")}`, patience, () => {
  it.skipIf(mpirun === undefined)("trains in its processes, with one folder of results", async () => {
    const command = ["mpirun", "--oversubscribe", "-n", "2", "--bind-to", "none", process.execPath];
    const ended = await run<Stamped>([...command, program("run"), "--ui", "json"], mpirunAsRoot);
    expectWhole(ended, 1);
    expect(readdirSync(join(data, "run")).filter((name) => name !== "latest")).toHaveLength(1);
    expect(existsSync(join(data, "run", "latest", "checkpoints", "latest"))).toBe(true);
  });
});
