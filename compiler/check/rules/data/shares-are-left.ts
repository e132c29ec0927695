import { shareTolerance } from "../../../../runtime/train/shares.card.ts";
import { find, isNone, numberOf, type Rule, trains } from "../../rule.ts";
import { datasetsIn } from "../../samples.ts";

/** LV3031: datasets without a ratio share what the ratios of the others leave of 1. */
export const sharesAreLeft: Rule = (recipe, report) => {
  if (!trains(recipe)) return;
  const datasets = datasetsIn(recipe, "train");
  const written = datasets.flatMap((dataset) => {
    const ratio = find(dataset, "ratio");
    return ratio && numberOf(ratio) !== undefined ? [ratio] : [];
  });
  const sum = written.reduce((total, ratio) => total + (numberOf(ratio) ?? 0), 0);
  const [without] = datasets.filter((dataset) => isNone(find(dataset, "ratio")));
  if (!without || sum < 1 - shareTolerance) return;
  report("LV3031", { sum: Number(sum.toPrecision(6)), dataset: without.label }, written);
};
