import { decodeImage, ImageError } from "../processors/decode.ts";
import type { VisionProcessor } from "../processors/processor.ts";
import { keyedRandom } from "../processors/random.ts";

/** One image to decode and process, as it is sent to a worker thread. */
export interface SampleJob {
  readonly path: string;
  /** Seed, pass, and index of the sample: what its augmentation is drawn from. */
  readonly key: readonly number[];
  /** Where the result goes: `size` floats from float `offset` on. */
  readonly target: SharedArrayBuffer;
  readonly offset: number;
  readonly size: number;
}

/** How a job ended; `bad` says why the file gives no image. */
export type SampleOutcome = { readonly bad: string | undefined };

/**
 * Decodes an image, processes it, and writes the result into its place.
 * Throws what the processor throws: a failure of ours, not of the file.
 */
export async function processSample(job: SampleJob, processor: VisionProcessor): Promise<SampleOutcome> {
  const { path, key, target, offset, size } = job;
  let image: Awaited<ReturnType<typeof decodeImage>>;
  try {
    image = await decodeImage(path);
  } catch (error) {
    if (error instanceof ImageError) return { bad: error.reason };
    throw error;
  }
  processor(
    image,
    keyedRandom(...key),
    new Float32Array(target, offset * Float32Array.BYTES_PER_ELEMENT, size),
  );
  return { bad: undefined };
}
