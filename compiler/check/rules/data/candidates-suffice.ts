import { elementsOf, find, isGiven, numberOf, type Rule, textOf } from "../../rule.ts";

/** LV3052: retrieval ranks again no more candidates than a split has, where the catalogue knows how many. */
export const candidatesSuffice: Rule = (recipe, report) => {
  const ranked = find(recipe.task, "k_test");
  const wanted = numberOf(ranked);
  if (!ranked || wanted === undefined) return;
  const splits = ["valid_splits", "test_splits"].flatMap((key) => elementsOf(find(recipe.run, key)) ?? []);
  for (const dataset of recipe.datasets) {
    const known = [...new Set(splits.map(textOf))].flatMap((split) => {
      const counted = split === undefined ? undefined : dataset.card.candidates?.[split];
      const file =
        split === undefined ? undefined : find(dataset, "build_info", "annotations", split, "storage");
      // Of a file of the user's nobody knows how much is in it.
      if (split === undefined || !counted || !file || isGiven(file)) return [];
      return [{ split, found: Math.min(counted.images, counted.texts) }];
    });
    // The smallest split says it for the others.
    const [smallest] = known.sort((a, b) => a.found - b.found);
    if (smallest && wanted > smallest.found)
      report("LV3052", { wanted, dataset: dataset.label, ...smallest }, [ranked]);
  }
};
