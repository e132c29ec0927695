import { didYouMean, oneOfNames, suggestionsFor } from "../../../diagnostics/index.ts";
import { renameFixes } from "../../../program/index.ts";
import type { PartialRecipe } from "../../../resolve/resolved.ts";
import { elementsOf, find, isGiven, optionsIn, type Report, type Rule, textOf, trains } from "../../rule.ts";
import { annotationsOf } from "../../samples.ts";

/** LV3017: each split that a run uses is one of a dataset of the recipe, and each dataset has one of them. */
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
  let areKnown = true;
  for (const key of keys)
    for (const element of elementsOf(find(run, key)) ?? []) {
      const split = textOf(element);
      if (split === undefined || known.has(split)) continue;
      areKnown = false;
      const near = suggestionsFor(split, known);
      const notes = near.length > 0 ? didYouMean(near) : [thereIs([...known])];
      const without = isGiven(element) ? [] : [`To do without, write \`${key} = []\`.`];
      const fixes = element.value.written ? renameFixes(element.value.written, near) : [];
      const dataset = oneOfNames(datasets.map(({ label }) => label)).slice(1, -1);
      report("LV3017", { dataset, split }, [element], { notes: [...notes, ...without], fixes });
    }
  if (areKnown) reportUnused(recipe, report);
};

/** Datasets that would take no part in the run, unnoticed beside others: none of their splits is one of it. */
function reportUnused({ datasets, run }: PartialRecipe, report: Report): void {
  const lists = ["train_splits", "valid_splits", "test_splits"].map((key) => elementsOf(find(run, key)));
  const splits = lists.flatMap((list) => (list ?? [undefined]).map(textOf));
  const used = [...new Set(splits.filter((split) => split !== undefined))];
  if (used.length === 0 || used.length < new Set(splits).size) return;
  for (const dataset of datasets) {
    const annotations = annotationsOf(dataset)?.value;
    if (annotations?.kind !== "map" || used.some((split) => annotations.entries.has(split))) continue;
    const own = [...annotations.entries.keys()];
    const near = own.map((name) => ({ place: annotations.keys.get(name), near: suggestionsFor(name, used) }));
    const slip = near.find((one) => one.near.length > 0) ?? near[0];
    const place = slip?.place ?? annotations.written ?? dataset.header;
    const notes = slip && slip.near.length > 0 ? didYouMean(slip.near) : [thereIs(own)];
    report("LV3017", { dataset: dataset.label, split: oneOfNames(used).slice(1, -1) }, place ? [place] : [], {
      notes: [...notes, "The run would leave the dataset out."],
      fixes: slip?.place ? renameFixes(slip.place, slip.near) : [],
    });
  }
}

const thereIs = (splits: readonly string[]): string =>
  splits.length === 0 ? "The annotations name no split." : `There is ${oneOfNames(splits, "and")}.`;
