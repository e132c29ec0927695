/** A worker thread of the loader: decodes and processes one image per message, in the order of the messages. */
import { parentPort, workerData } from "node:worker_threads";
import type { ComponentValue } from "../card.ts";
import { decodeOnOneThread } from "../processors/decode.ts";
import { openVisionProcessor } from "../processors/registry.ts";
import { processSample, type SampleJob, type SampleOutcome } from "./sample.ts";

export interface WorkerRequest {
  readonly id: number;
  readonly job: SampleJob;
}

/** `failed` is set when the processor threw: its stack. */
export type WorkerAnswer = { readonly id: number } & (SampleOutcome | { readonly failed: string });

const port = parentPort;
if (!port) throw new Error("the loader's worker runs in a worker thread only");
decodeOnOneThread();
const processor = openVisionProcessor(workerData as ComponentValue);

port.on("message", async ({ id, job }: WorkerRequest) => {
  const answer: WorkerAnswer = await processSample(job, await processor).then(
    (outcome) => ({ id, ...outcome }),
    (error: unknown) => ({
      id,
      failed: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }),
  );
  port.postMessage(answer);
});
