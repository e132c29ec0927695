import { didYouMean, someOfNames, suggestionsFor } from "../../../diagnostics/index.ts";
import { renameFixes } from "../../../program/index.ts";
import type { PartialRecipe, Place, ResolvedMap, ResolvedSection } from "../../../resolve/resolved.ts";
import { elementsOf, find, isGiven, type Report, type Rule, textOf, trains } from "../../rule.ts";
import { annotationsOf, splitNames } from "../../samples.ts";

/**
 * LV3017, LV3032: each split that a run uses is one of a dataset of the recipe, and each dataset takes the part in it
 * that its splits seem to be there for.
 */
export const splitsExist: Rule = (recipe, report) => {
  const { datasets, run } = recipe;
  const sources = datasets.map(splitNames);
  if (datasets.length === 0 || sources.some((source) => source === undefined)) return;
  const known = new Set(sources.flatMap((source) => [...(source ?? [])]));
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
      const names = { datasets: someOfNames(datasets.map(({ label }) => label)), splits: `\`${split}\`` };
      report("LV3017", names, [element], { notes: [...notes, ...without], fixes });
    }
  if (areKnown) reportLeftOut(recipe, report);
};

/** The splits that a run uses, by what for. */
interface Used {
  readonly all: readonly string[];
  /** None where the recipe only evaluates. */
  readonly inTraining: readonly string[];
}

/** Undefined where only the run knows them, or there are none. */
function usedSplits(recipe: PartialRecipe): Used | undefined {
  const keys = ["train_splits", "valid_splits", "test_splits"];
  const lists = keys.map((key) => (elementsOf(find(recipe.run, key)) ?? [undefined]).map(textOf));
  const [train = []] = lists;
  const named = (splits: readonly (string | undefined)[]) => splits.filter((split) => split !== undefined);
  const all = new Set(named(lists.flat()));
  if (all.size === 0 || lists.flat().includes(undefined)) return undefined;
  return { all: [...all], inTraining: trains(recipe) === false ? [] : named(train) };
}

/** Data that would take no part in the run, unnoticed beside other data. */
function reportLeftOut(recipe: PartialRecipe, report: Report): void {
  const used = usedSplits(recipe);
  if (!used) return;
  for (const dataset of recipe.datasets) {
    const annotations = annotationsOf(dataset)?.value;
    if (annotations?.kind !== "map") continue;
    const own = splitNames(dataset);
    if (used.all.some((split) => own?.has(split))) reportUnusedSplit(dataset, annotations, used, report);
    else reportUnusedDataset(dataset, annotations, used, report);
  }
}

/** LV3017 of a dataset none of whose splits is one of the run's. */
function reportUnusedDataset(
  dataset: ResolvedSection,
  annotations: ResolvedMap,
  { all }: Used,
  report: Report,
): void {
  const own = [...(splitNames(dataset) ?? [])];
  const near = own.map((name) => ({ place: annotations.keys.get(name), near: suggestionsFor(name, all) }));
  const slip = near.find((one) => one.near.length > 0) ?? near[0];
  const place = slip?.place ?? annotations.written ?? dataset.header;
  const notes = slip && slip.near.length > 0 ? didYouMean(slip.near) : [thereIs(own)];
  const names = { datasets: `\`${dataset.label}\``, splits: someOfNames(all) };
  report("LV3017", names, place ? [place] : [], {
    notes: [...notes, "The run would leave the dataset out."],
    fixes: slip?.place ? renameFixes(slip.place, slip.near) : [],
  });
}

/**
 * LV3032 of a split that somebody wrote for another name: a slip of one that the run uses, or the only data of a
 * dataset that training passes over. That a split is not evaluated is no mistake.
 */
function reportUnusedSplit(
  dataset: ResolvedSection,
  { keys }: ResolvedMap,
  { all, inTraining }: Used,
  report: Report,
): void {
  const say = (split: string, place: Place, note: string, near: readonly string[]): void => {
    const names = { dataset: dataset.label, split };
    report("LV3032", names, [place], { notes: [...didYouMean(near), note], fixes: renameFixes(place, near) });
  };
  const unused = [...keys].filter(([split]) => !all.includes(split));
  const lacking = all.filter((split) => !keys.has(split));
  const slips = unused.flatMap(([split, place]) => {
    const near = suggestionsFor(split, lacking).filter(
      (one) => !isPartOf(one, split) && !isPartOf(split, one),
    );
    return near.length > 0 ? [{ split, place, near }] : [];
  });
  for (const { split, place, near } of slips) say(split, place, "Its data would be left out.", near);
  const [other] = unused.filter(([split]) => !evaluationName.test(split));
  if (slips.length > 0 || inTraining.length === 0 || !other) return;
  const own = splitNames(dataset);
  if (inTraining.some((split) => own?.has(split) ?? true)) return;
  const note = `Training takes ${someOfNames(inTraining)}, so it would leave the dataset out.`;
  say(...other, note, inTraining.slice(0, 1));
}

/** Names of splits that are there to evaluate: `test_std`, `minival`, `dev`. */
const evaluationName = /val|dev|test/i;

/** Whether a split is named as a part of another: `test_b` or `test2015` beside `test`. */
const isPartOf = (part: string, whole: string): boolean =>
  part.startsWith(whole) && /^[^a-z]/i.test(part.slice(whole.length));

const thereIs = (splits: readonly string[]): string =>
  splits.length === 0 ? "The annotations name no split." : `There is ${someOfNames(splits, "and")}.`;
