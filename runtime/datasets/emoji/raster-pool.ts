import { Worker } from "node:worker_threads";
import { workerEntry } from "../../worker-entry.ts";
import { type RasterJob, rasterise } from "./raster.ts";
import type { RasterBatch } from "./raster-worker.ts";

const BATCH = 32;

/**
 * Draws all jobs with `workers` threads (0: in this thread).
 *
 * @param onProgress how many more are drawn
 * @throws what the first failing job throws, or `signal`'s reason; no thread is left running
 */
export async function rasteriseAll(
  jobs: readonly RasterJob[],
  options: {
    readonly size: number;
    readonly workers: number;
    readonly onProgress?: (drawn: number) => void;
    readonly signal?: AbortSignal;
  },
): Promise<void> {
  const { size, workers, onProgress, signal } = options;
  let next = 0;
  const take = (): readonly RasterJob[] => {
    signal?.throwIfAborted();
    next += BATCH;
    return jobs.slice(next - BATCH, next);
  };
  if (workers === 0) {
    for (let batch = take(); batch.length > 0; batch = take()) {
      for (const job of batch) await rasterise(job, size);
      onProgress?.(batch.length);
    }
    return;
  }
  const entry = workerEntry(new URL("./raster-worker.ts", import.meta.url));
  const threads = Array.from({ length: workers }, () => new Worker(entry));
  try {
    await Promise.all(threads.map((thread) => drive(thread, take, size, onProgress)));
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

/** Feeds one thread batch after batch until none is left. */
function drive(
  thread: Worker,
  take: () => readonly RasterJob[],
  size: number,
  onProgress: ((drawn: number) => void) | undefined,
): Promise<void> {
  return new Promise((done, fail) => {
    const feed = (): void => {
      try {
        const batch = take();
        if (batch.length === 0) done();
        else thread.postMessage({ jobs: batch, size } satisfies RasterBatch);
      } catch (error) {
        fail(error);
      }
    };
    thread.on("message", (drawn: number) => {
      onProgress?.(drawn);
      feed();
    });
    thread.once("error", fail);
    thread.once("exit", (code) => fail(new Error(`a thread that draws pictures ended with code ${code}`)));
    feed();
  });
}
