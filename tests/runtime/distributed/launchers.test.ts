import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { hostRendezvous } from "../../../runtime/distributed/rendezvous/server.ts";
import {
  type Ended,
  found,
  foundTorchrun,
  freePort,
  joiner,
  mpirunAsRoot,
  run,
  runEach,
} from "./launched.ts";

// Starting a launcher, and Node twice below it, on a machine that does other things too.
const patience = { timeout: 240_000 };

const torchrun = foundTorchrun();
const mpirun = found("mpirun", "--version");
const srun = found("srun", "--version");
const without = (command: string | undefined, name: string): string =>
  command === undefined ? ` (skipped: there is no ${name})` : "";

function expectSum({ code, lines, error }: Ended, size: number, launcher: string): void {
  expect(error).not.toMatch(/error/i);
  expect(code).toBe(0);
  expect(lines.map(({ rank }) => rank).sort()).toEqual(Array.from({ length: size }, (_, rank) => rank));
  for (const { sum, description, warnings } of lines) {
    expect(sum).toBe((size * (size + 1)) / 2);
    expect(description).toContain(`started by ${launcher}`);
    expect(description).toMatch(/data goes by socket$/);
    expect(warnings).toEqual([]);
  }
}

describe(`processes that torchrun starts${without(torchrun, "torchrun")}`, patience, () => {
  const command = [torchrun ?? "", "--standalone", "--nproc-per-node", "2", "--no-python"];

  it.skipIf(torchrun === undefined)("join beside its agent, which has the master's port", async () => {
    expectSum(await run([...command, ...joiner]), 2, "torchrun");
  });

  it.skipIf(torchrun === undefined)("join again when it has restarted them", async () => {
    const ended = await run([...command, "--max-restarts", "1", ...joiner], { JOINER_ENDS: "1" });
    expect(ended.code).toBe(0);
    expect(ended.lines.filter(({ sum }) => sum === 3).map(({ restartCount }) => restartCount)).toEqual([
      1, 1,
    ]);
  });
});

describe(`processes that mpirun starts${without(mpirun, "mpirun")}`, patience, () => {
  it.skipIf(mpirun === undefined)("join on one host", async () => {
    const command = ["mpirun", "--oversubscribe", "-n", "2", "--bind-to", "none"];
    expectSum(await run([...command, ...joiner], mpirunAsRoot), 2, "Open MPI");
  });
});

describe(`processes that srun starts${without(srun, "srun")}`, patience, () => {
  it.skipIf(srun === undefined)("join on one host", async () => {
    expectSum(await run(["srun", "-n", "2", ...joiner]), 2, "srun");
  });
});

/** All of a job in one, as {@link expectSum} wants it. */
function together(ended: readonly Ended[]): Ended {
  return {
    code: Math.max(...ended.map(({ code }) => code ?? 255)),
    lines: ended.flatMap(({ lines }) => lines),
    error: ended.map(({ error }) => error).join(""),
  };
}

const ranks = (size: number) => Array.from({ length: size }, (_, rank) => String(rank));

describe("processes with the environment of", patience, () => {
  it("srun join on the first host of the list", async () => {
    const job = String(1_000_000 + process.pid);
    const environments = ranks(2).map((rank) => ({
      SLURM_JOB_ID: job,
      SLURM_STEP_ID: "0",
      SLURM_STEP_NUM_TASKS: "2",
      SLURM_STEP_NUM_NODES: "1",
      SLURM_STEP_TASKS_PER_NODE: "2",
      SLURM_STEP_NODELIST: "node07",
      SLURM_PROCID: rank,
      SLURM_LOCALID: rank,
      SLURM_NODEID: "0",
      SLURM_RESTART_COUNT: "2",
    }));
    const ended = together(await runEach(environments));
    expectSum(ended, 2, "srun");
    expect(ended.lines.map(({ restartCount }) => restartCount)).toEqual([2, 2]);
  });

  it("a PyTorchJob, each a host of its own as it seems, find that they are on one and say what is not safe", async () => {
    const port = String(await freePort());
    const environments = ranks(3).map((RANK) => ({
      RANK,
      WORLD_SIZE: "3",
      MASTER_ADDR: "localhost",
      MASTER_PORT: port,
      LOCAL_RANK: "0",
      LOCAL_WORLD_SIZE: "1",
    }));
    const { code, lines } = together(await runEach(environments));
    expect(code).toBe(0);
    expect(lines.map(({ sum }) => sum)).toEqual([6, 6, 6]);
    expect(lines.flatMap(({ warnings }) => warnings)).toEqual([
      `whoever reaches localhost:${port} can join this job: give its processes a secret in LAVIS_JOB_TOKEN`,
    ]);
  });

  it("the program's own launcher join where it hosts the meeting", async () => {
    const hosted = await hostRendezvous({ token: "of this test", generation: 0 });
    onTestFinished(() => hosted.close());
    const environments = ranks(2).map((rank) => ({
      RANK: rank,
      WORLD_SIZE: "2",
      LOCAL_RANK: rank,
      LOCAL_WORLD_SIZE: "2",
      LAVIS_RENDEZVOUS: hosted.address,
      LAVIS_JOB_ID: "job",
      LAVIS_JOB_TOKEN: "of this test",
      LAVIS_RESTART_COUNT: "0",
    }));
    expectSum(together(await runEach(environments)), 2, "this program");
  });
});

/** Of plain `env://`, on this host. */
async function plain(size: number, added: Readonly<Record<string, string>> = {}) {
  const MASTER_PORT = String(await freePort());
  return ranks(size).map((RANK) => ({
    RANK,
    WORLD_SIZE: String(size),
    MASTER_ADDR: "localhost",
    MASTER_PORT,
    LAVIS_JOB_TOKEN: "of this test",
    ...added,
  }));
}

describe("processes that join", patience, () => {
  it("meet at the address of dist_url", async () => {
    const url = `tcp://localhost:${await freePort()}`;
    expectSum(together(await runEach(await plain(2), url)), 2, "a PyTorchJob or alike");
  });

  it("meet in the folder of dist_url, which they leave clean for the next job", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lavis-meeting-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const environments = await plain(2);
    for (const _ of ["first", "second"]) {
      const ended = together(await runEach(environments, `file://${folder}`));
      expectSum(ended, 2, "a PyTorchJob or alike");
    }
  });

  it("say that two of them have one rank, and which", async () => {
    const [first = {}, second = {}] = await plain(3, { JOINER_TIMEOUT: "120" });
    const ended = await runEach([first, second, second]);
    const messages = ended.flatMap(({ lines }) => lines.map(({ message }) => message));
    expect(ended.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(messages).toHaveLength(3);
    for (const message of messages) {
      expect(message).toMatch(
        /two processes of the job have rank 1: process \d+ on \S+ and process \d+ on \S+$/,
      );
    }
  });

  it("say who has not come in time", async () => {
    const [first = {}, second = {}] = await plain(4, { JOINER_TIMEOUT: "8" });
    const { lines } = together(await runEach([first, second]));
    expect(lines).toHaveLength(2);
    for (const { message } of lines) expect(message).toContain("ranks 2 and 3 have not joined within 8 s");
  });

  it("say that their flags differ", async () => {
    const [first = {}, second = {}] = await plain(2);
    const { lines } = together(await runEach([first, { ...second, JOINER_BACKEND: "auto" }]));
    expect(lines.map(({ message }) => message).join("\n")).toMatch(
      /do not go together: rank 0 \(.*\) has --backend socket, rank 1 \(.*\) has --backend auto/,
    );
  });

  it("refuse one that does not know the job's secret", async () => {
    const [first = {}, second = {}] = await plain(2, { JOINER_TIMEOUT: "10" });
    const [, refused] = await runEach([first, { ...second, LAVIS_JOB_TOKEN: "of another" }]);
    expect(refused?.lines[0]).toMatchObject({
      name: "UserError",
      message: expect.stringContaining("it has another secret than the job"),
    });
  });
});
