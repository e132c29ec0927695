import { didYouMean, oneOfNames, suggestionsFor } from "../../../diagnostics/index.ts";
import { renameFixes } from "../../../program/index.ts";
import { elementsOf, find, isGiven, optionsIn, type Rule, textOf, trains } from "../../rule.ts";
import { annotationsOf } from "../../samples.ts";

/** LV3017: each split that a run uses is one of a dataset of the recipe. */
export const splitsExist: Rule = (recipe, report) => {
  const { datasets, run } = recipe;
  const sources = datasets.map(annotationsOf);
  if (datasets.length === 0 || sources.some((source) => source === undefined)) return;
  const known = new Set(
    sources.flatMap((source) => [...(source ? (optionsIn(source.value)?.keys() ?? []) : [])]),
  );
  const keys =
    trains(recipe) === false
      ? ["valid_splits", "test_splits"]
      : ["train_splits", "valid_splits", "test_splits"];
  for (const key of keys)
    for (const element of elementsOf(find(run, key)) ?? []) {
      const split = textOf(element);
      if (split === undefined || known.has(split)) continue;
      const near = suggestionsFor(split, known);
      const notes = near.length > 0 ? didYouMean(near) : [thereIs([...known])];
      const without = isGiven(element) ? [] : [`To do without, write \`${key} = []\`.`];
      const fixes = element.value.written ? renameFixes(element.value.written, near) : [];
      const dataset = oneOfNames(datasets.map(({ label }) => label)).slice(1, -1);
      report("LV3017", { dataset, split }, [element], { notes: [...notes, ...without], fixes });
    }
};

const thereIs = (splits: readonly string[]): string =>
  splits.length === 0 ? "The annotations name no split." : `There is ${oneOfNames(splits, "and")}.`;
