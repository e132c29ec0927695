import type { Card, ComponentKind } from "../../../runtime/card.ts";
import { type Catalog, datasetFamilies } from "../../catalog/index.ts";
import { describeComponent, plainText } from "../component.ts";
import { componentPage, joinParts, type LinkTo } from "../pages.ts";

/** A page of the reference. */
export interface ReferencePage {
  /** Its file, relative to the folder of the reference, with `/`. */
  readonly path: string;
  /** The heading of the index that it stands under. */
  readonly section?: string;
  readonly text: string;
}

/** The kinds that have a page for each of their components, as people call them, in the order of a recipe. */
export const pagedKinds: Readonly<Partial<Record<ComponentKind, string>>> = {
  task: "Tasks",
  model: "Models",
  format: "Formats of your own data",
  vis_processor: "Processors of images and videos",
  text_processor: "Processors of texts",
  audio_processor: "Processors of sounds",
  pc_processor: "Processors of clouds of points",
  schedule: "Schedules",
  optimizer: "Optimizers",
  run: "The run",
};

/** Where a component is described. */
export const pathOf = ({ kind, name }: Pick<Card, "kind" | "name">): string => `${kind}/${name}.md`;

/** A family's page: `dataset/image-captions.md`. */
export const familyPath = (family: string): string =>
  `dataset/${family.toLowerCase().replaceAll(" ", "-")}.md`;

/** Leads from a page in a folder of the reference to that of a component. */
export const linkFromFolder: LinkTo = (kind, name) => {
  if (kind !== "dataset") return `../${pathOf({ kind, name })}`;
  const family = Object.entries(datasetFamilies).find(([, cards]) =>
    cards.some((card) => card.name === name),
  );
  return family && `../${familyPath(family[0])}#${name}`;
};

/** A page for each component, but for the datasets, which share theirs. */
export function componentPages(catalog: Catalog): readonly ReferencePage[] {
  const kinds = Object.entries(pagedKinds) as [ComponentKind, string][];
  return kinds.flatMap(([kind, section]) =>
    catalog.ofKind(kind).map((card) => ({ path: pathOf(card), section, text: page(card) })),
  );
}

function page(card: Card): string {
  const about = componentPage(describeComponent(card), linkFromFolder).trimEnd();
  const more = moreAbout[card.kind];
  return `${joinParts([about, ...variantSettings(card), ...(more === undefined ? [] : [more])])}\n`;
}

/** Where more is told about components of a kind. */
const moreAbout: Readonly<Partial<Record<ComponentKind, string>>> = {
  task: "A task of your own: [components of your own](../../components.md).",
  model: "A model of your own: [components of your own](../../components.md).",
  format:
    "[Data of your own](../../data.md) shows a recipe with each format, and what all of them have in common.",
  vis_processor: "A processor of your own: [components of your own](../../components.md).",
  text_processor: "A processor of your own: [components of your own](../../components.md).",
  run: "[Several processes](../../distributed.md) tells of `world_size` and `dist_url`, [performance](../../performance.md) of engines.",
};

/** What each variant of a model sets. */
function variantSettings({ name, options, variants = {} }: Card): readonly string[] {
  const entries = Object.entries(variants);
  if (entries.length === 0) return [];
  const sections = entries.map(([variant, { options: own, defaults = {} }]) => {
    const values = [
      ...Object.entries(own).map(([key, value]) => [key, plainText(value, options[key]?.type.is)] as const),
      ...Object.entries(defaults).map(([path, value]) => [path, plainText(value)] as const),
    ];
    const lines = values.map(([key, value]) => `- \`${key} = ${value}\``).join("\n");
    return `### ${name}.${variant}\n\n${lines === "" ? "The defaults above." : lines}`;
  });
  return ["## What each variant sets", ...sections];
}
