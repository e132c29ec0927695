import { elementsOf, find, isGiven, optionsIn, textOf } from "../check/rule.ts";
import { annotationsOf } from "../check/samples.ts";
import type { PartialRecipe, ResolvedSection } from "../resolve/resolved.ts";
import { type Known, unknown } from "./known.ts";

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

/** The samples of one pass over the training data, all datasets and splits together. */
export function trainingSamples({ datasets, run }: PartialRecipe): Known<number> {
  const splits = elementsOf(find(run, "train_splits"))?.map(textOf);
  if (splits === undefined || splits.includes(undefined))
    return unknown("run.train_splits has no value before the run");
  let sum = 0;
  for (const dataset of datasets) {
    const annotations = annotationsOf(dataset);
    const there = annotations && optionsIn(annotations.value);
    for (const split of splits as readonly string[]) {
      if (there !== undefined && !there.has(split)) continue;
      const samples = documentedSamples(dataset, split);
      if (samples === undefined)
        return unknown(
          `nobody has counted the split ${split} of ${dataset.label}: give the samples of a pass, --samples N`,
        );
      sum += samples;
    }
  }
  return sum > 0 ? sum : unknown("no dataset has a split to train on");
}
