import { type Diagnostic, format, languageVersion, type SourceText } from "../../grammar/index.ts";
import type { Card } from "../../runtime/card.ts";
import { type Catalog, catalog as runtimeCatalog } from "../catalog/index.ts";
import { type Configuration, readConfiguration } from "./configuration.ts";
import { convertSections } from "./convert/sections.ts";
import { cardFor, recipeName, statedDefault, variantFor } from "./names.ts";
import { type Item, writeItems } from "./output.ts";
import { Parameters } from "./parameters.ts";
import { Refusals } from "./refusals.ts";
import { type Fallback, Interpolator } from "./yaml/interpolation.ts";
import { readYaml } from "./yaml/read.ts";
import type { ScalarValue } from "./yaml/scalars.ts";
import { entryOf, noTrivia, type YamlNode } from "./yaml/tree.ts";

/** What a YAML file became. */
export type Imported =
  | { readonly kind: "recipe"; readonly name: string; readonly text: string }
  /** LAVIS could not run the file; each diagnostic points into the YAML. */
  | { readonly kind: "refused"; readonly diagnostics: readonly Diagnostic[] };

export interface ImportOptions {
  /** The file's name without its ending: the recipe is named after it. */
  readonly stem: string;
  readonly catalog?: Catalog;
}

/**
 * Turns a run configuration of LAVIS into the text of a recipe that resolves to the same values, formatted and
 * with the comments of the YAML; what has no counterpart is kept as `// FIXME(import): …`. Nothing is thrown.
 */
export function importYaml(source: SourceText, { stem, catalog = runtimeCatalog }: ImportOptions): Imported {
  const refusals = new Refusals(source);
  const refused = (): Imported => ({ kind: "refused", diagnostics: refusals.all() });
  const file = readYaml(refusals);
  if (!file) return refused();
  const interpolator = new Interpolator(file.root, refusals, defaultsOf(file.root, catalog));
  const root = interpolator.resolve();
  const configuration = readConfiguration(root, catalog, refusals);
  if (!configuration || !refusals.isEmpty) return refused();
  const parameters = new Parameters(interpolator.parts, catalog);
  const hasPromptedTexts = hasPrompt(configuration) && readsTexts(configuration.run.task);
  const conversion = { catalog, source, refusals, parameters, hasPromptedTexts };
  const sections = convertSections(configuration, conversion);
  if (!refusals.isEmpty) return refused();
  const name = recipeName(stem);
  const text = recipeText(name, file.head, parameters.declarations(), sections, configuration);
  return { kind: "recipe", name, text: format(text) };
}

function recipeText(
  name: string,
  head: readonly string[],
  parameters: readonly string[],
  sections: readonly Item[],
  { run }: Configuration,
): string {
  const comments: Item = { kind: "note", lines: head, trivia: noTrivia() };
  const doc = `/// ${run.isEvaluation ? "Evaluates" : "Trains"} as LAVIS does with this configuration.\n`;
  const declarations = parameters.length > 0 ? `${parameters.join("")}\n` : "";
  const first = head.length > 0 ? `${writeItems([comments])}\n` : "";
  return `${first}lavis ${languageVersion}\n\n${declarations}${doc}recipe ${name} {\n${writeItems(sections).trimStart()}}\n`;
}

/** Whether a model has a prompt: the file's, or its card's. */
function hasPrompt({ model: { values, card, variant } }: Configuration): boolean {
  const own = entryOf(values, "prompt")?.value;
  if (own) return own.kind !== "scalar" || (own.value !== null && own.text !== "");
  const stated = statedDefault(card, variant, "prompt");
  return typeof stated === "string" && stated !== "";
}

/** Whether a task gives the model texts to read when it evaluates. */
const readsTexts = ({ reads = [] }: Card): boolean => reads.flat().includes("text_input");

/** What LAVIS's default configuration of the model gives, for references into it: `${model.image_size}`. */
function defaultsOf(root: YamlNode, catalog: Catalog): Fallback {
  return ([section, key = "", ...rest]) => {
    const model = root.kind === "map" ? entryOf(root, "model")?.value : undefined;
    if (section !== "model" || rest.length > 0 || model?.kind !== "map") return undefined;
    const [arch, type] = ["arch", "model_type"].map((one) => {
      const value = entryOf(model, one)?.value;
      return value?.kind === "scalar" ? value.text : "";
    });
    const card = cardFor(catalog, "model", arch ?? "");
    const variant = card && variantFor(card, type ?? "");
    const value = card && variant !== undefined ? statedDefault(card, variant, key) : undefined;
    return isScalarValue(value) ? value : undefined;
  };
}

const isScalarValue = (value: unknown): value is ScalarValue =>
  value === null || ["string", "number", "boolean"].includes(typeof value);
