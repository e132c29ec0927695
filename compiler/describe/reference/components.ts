import type { Card, ComponentKind } from "../../../runtime/card.ts";
import type { Catalog } from "../../catalog/index.ts";
import { describeComponent, plainText } from "../component.ts";
import { componentPage, joinParts } from "../pages.ts";

/** A page of the reference. */
export interface ReferencePage {
  /** Its file, relative to the folder of the reference, with `/`. */
  readonly path: string;
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

/** A page for each component, but for the datasets, which share theirs. */
export function componentPages(catalog: Catalog): readonly ReferencePage[] {
  const kinds = Object.keys(pagedKinds) as ComponentKind[];
  return kinds
    .flatMap((kind) => catalog.ofKind(kind))
    .map((card) => ({ path: pathOf(card), text: page(card) }));
}

const page = (card: Card): string =>
  `${joinParts([componentPage(describeComponent(card)).trimEnd(), ...variantSettings(card)])}\n`;

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
  return ["## What each variant sets", ...sections, "\n"];
}
