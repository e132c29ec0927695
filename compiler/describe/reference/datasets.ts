import type { Card } from "../../../runtime/card.ts";
import { datasetFamilies } from "../../catalog/index.ts";
import { type DescribedOption, describeComponent } from "../component.ts";
import { factLines, joinParts, optionTable } from "../pages.ts";
import type { ReferencePage } from "./components.ts";

/** A family's page: `dataset/image-captions.md`. */
export const familyPath = (family: string): string =>
  `dataset/${family.toLowerCase().replaceAll(" ", "-")}.md`;

/** A page for each family of datasets: first the options that all of them have, then each with its own. */
export function datasetPages(): readonly ReferencePage[] {
  return Object.entries(datasetFamilies).map(([family, cards]) => ({
    path: familyPath(family),
    text: familyPage(family, cards),
  }));
}

function familyPage(family: string, cards: readonly Card[]): string {
  const described = cards.map((card) => describeComponent(card));
  const shared = sharedOptions(described.flatMap(({ options }) => options));
  const sections = described.flatMap((one) => {
    const own = one.options.filter((option) => !shared.has(keyOf(option)));
    const others = one.options.filter((option) => shared.has(keyOf(option)));
    const names = others.map(({ path }) => `\`${path}\``).join(", ");
    return [
      `## ${one.name}`,
      one.doc,
      ...factLines(one),
      ...(own.length > 0 ? [optionTable(own)] : []),
      ...(others.length > 0
        ? [`As several of these datasets, it has ${names} ([below](#shared-options)).`]
        : []),
    ];
  });
  const parts = [
    `# Datasets: ${family}`,
    "`dataset NAME { … }` in a recipe. Data of your own is read by a [format](../README.md#formats-of-your-own-data).",
    ...sections,
    ...(shared.size > 0 ? ["## Shared options", optionTable([...shared.values()])] : []),
  ];
  return `${joinParts(parts)}\n`;
}

/** The options that several datasets have with the same default, by their keys. */
function sharedOptions(options: readonly DescribedOption[]): ReadonlyMap<string, DescribedOption> {
  const seen = new Set<string>();
  const shared = new Map<string, DescribedOption>();
  for (const option of options) {
    const key = keyOf(option);
    if (seen.has(key)) shared.set(key, option);
    seen.add(key);
  }
  return shared;
}

const keyOf = (option: DescribedOption): string => JSON.stringify(option);
