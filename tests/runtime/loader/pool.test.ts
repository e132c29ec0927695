import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type SamplePool, threadPool } from "../../../runtime/loader/pool.ts";
import type { SampleJob } from "../../../runtime/loader/sample.ts";

const processor = { name: "blip_image_eval", options: { image_size: 2 } };
const never = new AbortController().signal;
const job = (path: string): SampleJob => ({
  path,
  key: [1, 0, 0],
  target: new SharedArrayBuffer(48),
  offset: 0,
  size: 12,
});

/** A worker that does what the path of its job says. */
const obedient = `
  import { parentPort } from "node:worker_threads";
  parentPort.on("message", ({ id, job: { path } }) => {
    if (path === "exit") process.exit(3);
    if (path === "throw") throw new Error("out of memory");
    if (path === "fail") parentPort.postMessage({ id, failed: "Error: wrong size" });
    if (path === "ok") parentPort.postMessage({ id, bad: undefined });
  });
`;

let folder: string;
let module: URL;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lavis-pool-"));
  module = pathToFileURL(join(folder, "worker.mjs"));
  writeFileSync(module, obedient);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pools: SamplePool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});
async function open(numWorkers: number): Promise<SamplePool> {
  const pool = await threadPool(processor, numWorkers, module);
  pools.push(pool);
  return pool;
}

describe("a pool of threads", () => {
  it("names the sample that a thread crashed at, and fails the others", async () => {
    const pool = await open(1);
    const [crashed, waiting] = await Promise.allSettled([
      pool.run(job("exit"), never),
      pool.run(job("ok"), never),
    ]);
    expect(crashed).toMatchObject({
      reason: { message: "a loader thread crashed at exit: it ended with code 3" },
    });
    expect(waiting.status).toBe("rejected");
    await expect(pool.run(job("ok"), never)).rejects.toThrow("crashed at exit");
  });

  it("tells why a thread crashed", async () => {
    const pool = await open(2);
    await expect(pool.run(job("throw"), never)).rejects.toThrow(
      "a loader thread crashed at throw: Error: out of memory",
    );
  });

  it("goes on when the processor fails on one sample", async () => {
    const pool = await open(1);
    await expect(pool.run(job("fail"), never)).rejects.toThrow("processing fail failed: Error: wrong size");
    expect(await pool.run(job("ok"), never)).toEqual({ bad: undefined });
  });

  it("passes over jobs that nobody wants any more", async () => {
    const pool = await open(1);
    expect(await pool.run(job("exit"), AbortSignal.abort())).toBeUndefined();
    expect(await pool.run(job("ok"), never)).toEqual({ bad: undefined });
  });

  it("rejects what is open when it is closed", async () => {
    const pool = await open(1);
    const open1 = pool.run(job("never answered"), never);
    const closing = pool.close();
    await expect(open1).rejects.toThrow("the loader was closed");
    await closing;
  });
});
