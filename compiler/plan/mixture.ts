import { sharesOf } from "../../runtime/train/shares.card.ts";
import { find, isNone, numberOf } from "../check/rule.ts";
import type { PartialRecipe } from "../resolve/resolved.ts";
import { isUnknown, type Known, mapKnown, unknown } from "./known.ts";
import { datasetsTrainedOn, type TrainedOn } from "./samples.ts";

/** What a training draws from one of several data sets whose ratios say how they are mixed. */
export interface Mixed {
  readonly dataset: string;
  /** Of the training samples; the shares of all sum to 1. */
  readonly share: number;
  /** Samples that all steps together take from it. */
  readonly samplesSeen: number;
  /** How often that is each of its samples. */
  readonly timesEach: Known<number>;
}

/** What a training of so many samples draws from each data set; empty where no `ratio` says how they are mixed. */
export function mixtureOf(recipe: PartialRecipe, samplesSeen: number): Known<readonly Mixed[]> {
  return mapKnown(datasetsTrainedOn(recipe), (trained) =>
    mapKnown(sharesOfAll(trained), (shares) =>
      trained.flatMap(({ dataset: { label: dataset }, samples }, at) => {
        const share = shares?.[at];
        if (share === undefined) return [];
        const seen = share * samplesSeen;
        const timesEach = mapKnown(samples, (each) => seen / each);
        return { dataset, share, samplesSeen: Math.round(seen), timesEach };
      }),
    ),
  );
}

function sharesOfAll(trained: readonly TrainedOn[]): Known<readonly number[] | undefined> {
  const ratios = trained.map(({ dataset }) => find(dataset, "ratio"));
  const open = trained.find((_, at) => !isNone(ratios[at]) && numberOf(ratios[at]) === undefined);
  if (open)
    return unknown(
      `the ratio of ${open.dataset.label} has no value before the run: give its parameter one with -p`,
    );
  const without = trained.filter((_, at) => isNone(ratios[at]));
  const uncounted = without.map(({ samples }) => samples).find(isUnknown);
  // One alone has all that is left, whatever its size.
  if (uncounted && without.length > 1 && without.length < trained.length) return uncounted;
  return sharesOf(
    trained.map(({ samples }, at) => ({
      samples: isUnknown(samples) ? 1 : samples,
      ratio: numberOf(ratios[at]) ?? null,
    })),
  );
}
