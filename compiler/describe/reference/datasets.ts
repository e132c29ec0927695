import type { Card } from "../../../runtime/card.ts";
import { datasetFamilies } from "../../catalog/index.ts";
import { type DescribedOption, describeComponent } from "../component.ts";
import { factLines, joinParts, optionTable } from "../pages.ts";
import { familyPath, linkFromFolder, type ReferencePage } from "./components.ts";

/** A page for each family of datasets: first the options that all of them have, then each with its own. */
export function datasetPages(): readonly ReferencePage[] {
  return Object.entries(datasetFamilies).map(([family, cards]) => ({
    path: familyPath(family),
    section: "Datasets",
    text: familyPage(family, cards),
  }));
}

function familyPage(family: string, cards: readonly Card[]): string {
  const described = cards.map((card) => describeComponent(card));
  const shared = sharedOptions(described.flatMap(({ options }) => options));
  const isShared = (option: DescribedOption) => shared.get(option.path) === keyOf(option);
  const sections = described.flatMap((one) => {
    const own = one.options.filter((option) => !isShared(option));
    const lacks = [...shared.keys()].filter((path) => !one.options.some((option) => option.path === path));
    const but = lacks.length === 0 ? "" : ` but for ${lacks.map((path) => `\`${path}\``).join(", ")}`;
    return [
      `## ${one.name}`,
      one.doc,
      ...factLines(one, linkFromFolder),
      ...(own.length > 0 ? [optionTable(own)] : []),
      ...(shared.size > lacks.length
        ? [`${own.length > 0 ? "And" : "It has"} the [shared options](#shared-options)${but}.`]
        : []),
    ];
  });
  const options = described.flatMap((one) => one.options);
  const tabled = [...shared].flatMap(([path, key]) =>
    options.filter((option) => option.path === path && keyOf(option) === key).slice(0, 1),
  );
  const parts = [
    `# Datasets: ${family}`,
    "`dataset NAME { … }` in a recipe. [Data of your own](../../data.md) is read by a [format](../README.md#formats-of-your-own-data).",
    ...sections,
    ...(tabled.length > 0 ? ["## Shared options", optionTable(tabled)] : []),
  ];
  return `${joinParts(parts)}\n`;
}

/** The options that several datasets have alike, by their path: of several versions of one, that of the most. */
function sharedOptions(options: readonly DescribedOption[]): ReadonlyMap<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const option of options) {
    const ofPath = counts.get(option.path) ?? new Map<string, number>();
    counts.set(option.path, ofPath.set(keyOf(option), (ofPath.get(keyOf(option)) ?? 0) + 1));
  }
  const commonest = [...counts].map(([path, ofPath]) => {
    const [first = ["", 0]] = [...ofPath].sort(([, a], [, b]) => b - a);
    return [path, ...first] as const;
  });
  return new Map(commonest.filter(([, , count]) => count > 1).map(([path, key]) => [path, key]));
}

const keyOf = (option: DescribedOption): string => JSON.stringify(option);
