import type { ModelSize } from "../../runtime/models/size.card.ts";
import { type Known, mapKnown, unknown } from "./known.ts";
import { countParameters, storedElements } from "./size.ts";
import type { RunFigures } from "./values.ts";

/** What a training writes to its folder. */
export interface Checkpoints {
  /** Checkpoints that are there in the end, at most. */
  readonly kept: number;
  /** Bytes of one: weights, buffers and the optimizer's two moments, in float32. */
  readonly bytesEach: number;
  /** Bytes of disk that they need: one more is there while it is written. */
  readonly bytes: number;
}

/** The checkpoints of a training: those of every `save_freq` epochs, the best, the last. */
export function checkpointsOf(
  size: Known<ModelSize>,
  epochs: Known<number>,
  { saveFreq, saveLast, validates }: RunFigures,
): Known<Checkpoints> {
  if (saveFreq === undefined || saveLast === undefined)
    return unknown("run.save_freq or run.save_last has no value before the run");
  return mapKnown(size, (parts) =>
    mapKnown(epochs, (numEpochs) => {
      const regular = saveFreq > 0 ? Math.floor(numEpochs / saveFreq) : 0;
      const lastIsRegular = saveFreq > 0 && numEpochs % saveFreq === 0;
      // Where every epoch is kept, so is the best one.
      const best = validates && saveFreq !== 1 ? 1 : 0;
      const kept = regular + best + (saveLast && !lastIsRegular ? 1 : 0);
      const bytesEach = 4 * storedElements(parts) + 8 * countParameters(parts).trained;
      return { kept, bytesEach, bytes: (kept + 1) * bytesEach };
    }),
  );
}
