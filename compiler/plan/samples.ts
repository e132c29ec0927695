import { elementsOf, find, isGiven, optionsIn, textOf } from "../check/rule.ts";
import { annotationsOf } from "../check/samples.ts";
import type { PartialRecipe, ResolvedSection } from "../resolve/resolved.ts";
import { isUnknown, type Known, mapKnown, unknown } from "./known.ts";

/**
 * How many samples a split of a dataset has: as its card documents, where the recipe leaves the split's annotations to
 * the card; undefined where nobody said.
 */
function documentedSamples(dataset: ResolvedSection, split: string): number | undefined {
  const annotations = annotationsOf(dataset);
  const ofSplit = annotations && optionsIn(annotations.value)?.get(split);
  const own = ofSplit && [...(optionsIn(ofSplit)?.values() ?? [])];
  const isOwn = own?.some((value) => isGiven({ name: split, value, section: dataset })) ?? false;
  return isOwn ? undefined : dataset.card.samples?.[split];
}

/** The samples of a data set that a recipe trains on. */
export interface TrainedOn {
  readonly dataset: ResolvedSection;
  /** In all its training splits. */
  readonly samples: Known<number>;
}

/** The data sets that have a split to train on. */
export function datasetsTrainedOn({ datasets, run }: PartialRecipe): Known<readonly TrainedOn[]> {
  const splits = elementsOf(find(run, "train_splits"))?.map(textOf);
  if (splits === undefined || splits.includes(undefined))
    return unknown("run.train_splits has no value before the run");
  return datasets.flatMap((dataset) => {
    const annotations = annotationsOf(dataset);
    const there = annotations && optionsIn(annotations.value);
    const own = (splits as readonly string[]).filter((split) => there === undefined || there.has(split));
    return own.length === 0 ? [] : { dataset, samples: samplesOf(dataset, own) };
  });
}

function samplesOf(dataset: ResolvedSection, splits: readonly string[]): Known<number> {
  let sum = 0;
  for (const split of splits) {
    const samples = documentedSamples(dataset, split);
    if (samples === undefined)
      return unknown(
        `nobody has counted the split ${split} of ${dataset.label}: give the samples of a pass, --samples N`,
      );
    sum += samples;
  }
  return sum;
}

/** The samples of one pass over the training data, all datasets and splits together. */
export function trainingSamples(recipe: PartialRecipe): Known<number> {
  return mapKnown(datasetsTrainedOn(recipe), (trained) => {
    let sum = 0;
    for (const { samples } of trained) {
      if (isUnknown(samples)) return samples;
      sum += samples;
    }
    return sum > 0 ? sum : unknown("no dataset has a split to train on");
  });
}
