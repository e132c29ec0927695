import { elementsOf, find, isGiven, numberOf, type Rule, textOf } from "../../rule.ts";

/** LV3052: retrieval ranks again no more candidates than a split has, where the catalogue knows how many. */
export const candidatesSuffice: Rule = (recipe, report) => {
  const ranked = find(recipe.task, "k_test");
  const wanted = numberOf(ranked);
  if (!ranked || wanted === undefined) return;
  const splits = ["valid_splits", "test_splits"].flatMap((key) => elementsOf(find(recipe.run, key)) ?? []);
  for (const dataset of recipe.datasets)
    for (const split of new Set(splits.map(textOf))) {
      const known = split === undefined ? undefined : dataset.card.candidates?.[split];
      const file =
        split === undefined ? undefined : find(dataset, "build_info", "annotations", split, "storage");
      // Of a file of the user's nobody knows how much is in it.
      if (split === undefined || !known || !file || isGiven(file)) continue;
      const found = Math.min(known.images, known.texts);
      if (wanted > found) report("LV3052", { wanted, found, dataset: dataset.label, split }, [ranked]);
    }
};
