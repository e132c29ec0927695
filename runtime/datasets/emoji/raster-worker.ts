/** A worker thread that draws pictures: answers each batch of jobs with how many it has drawn. */
import { parentPort } from "node:worker_threads";
import sharp from "sharp";
import { type RasterJob, rasterise } from "./raster.ts";

export interface RasterBatch {
  readonly jobs: readonly RasterJob[];
  readonly size: number;
}

const port = parentPort;
if (!port) throw new Error("raster-worker runs in a worker thread only");
sharp.concurrency(1);
sharp.cache(false);
port.on("message", ({ jobs, size }: RasterBatch) => {
  (async () => {
    for (const job of jobs) await rasterise(job, size);
    port.postMessage(jobs.length);
  })().catch((error: unknown) => {
    // Thrown outside of the promise, it ends the thread and reaches the pool as its `error` event.
    setImmediate(() => {
      throw error;
    });
  });
});
