import type { ComponentKind } from "../../../runtime/card.ts";
import { type Catalog, datasetFamilies, catalog as runtimeCatalog } from "../../catalog/index.ts";
import { configurationPage } from "../../config/index.ts";
import { joinParts } from "../pages.ts";
import { componentPages, familyPath, pagedKinds, pathOf, type ReferencePage } from "./components.ts";
import { datasetPages } from "./datasets.ts";
import { diagnosticGroups, diagnosticPages } from "./diagnostics.ts";
import { typesPage } from "./types.ts";

export type { ReferencePage } from "./components.ts";

/** Every page of the reference documentation, from cards, messages and rules. Same catalogue, same pages. */
export function referencePages(catalog: Catalog = runtimeCatalog): readonly ReferencePage[] {
  const pages = [
    typesPage(),
    { path: "configuration.md", text: configurationPage() },
    ...componentPages(catalog),
    ...datasetPages(),
    ...diagnosticPages(),
  ];
  return [indexPage(catalog), ...pages.map(withWayBack)];
}

/** A page that says at its top where it stands in the reference. */
function withWayBack(page: ReferencePage): ReferencePage {
  const { path, section, text } = page;
  const index = `${"../".repeat(path.split("/").length - 1)}README.md`;
  const anchor = section?.toLowerCase().replaceAll(" ", "-");
  const way = [
    `[Reference](${index})`,
    ...(section === undefined ? [] : [`[${section}](${index}#${anchor})`]),
  ];
  return { ...page, text: `${way.join(" / ")}\n\n${text}` };
}

function indexPage(catalog: Catalog): ReferencePage {
  const kinds = Object.entries(pagedKinds) as [ComponentKind, string][];
  const components = kinds.map(([kind, title]) => {
    const links = catalog.ofKind(kind).map((card) => {
      const isMissing = card.implemented === false;
      return `[${card.name}](${pathOf(card)})${isMissing ? "\\*" : ""}`;
    });
    return `## ${title}\n\n${links.join(", ")}`;
  });
  const families = Object.entries(datasetFamilies).map(([family, cards]) => {
    const names = cards.map(({ name, implemented }) => `${name}${implemented === false ? "\\*" : ""}`);
    return `- [${family}](${familyPath(family)}): ${names.join(", ")}`;
  });
  const diagnostics = Object.values(diagnosticGroups).map(
    ({ path, title, intro }) => `- [${title}](${path}): ${intro.split(/\.(?: |$)/)[0]}`,
  );
  const text = joinParts([
    "# Reference",
    "Made from the cards and rules of this version by `npm run docs`; `lavisc describe` and `lavisc explain` show the same. What is marked with \\* can be checked and explained, but not built yet.",
    "- [The language](../language.md), [data of your own](../data.md), [components of your own](../components.md)",
    "- [Types and units](types.md)",
    "- [lavisc.json](configuration.md)",
    ...components.slice(0, 2),
    `## Datasets\n\n${families.join("\n")}`,
    ...components.slice(2),
    `## Diagnostics\n\n${diagnostics.join("\n")}`,
  ]);
  return { path: "README.md", text: `${text}\n` };
}
