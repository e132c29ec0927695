import type { MessageParameters } from "../../grammar/index.ts";
import {
  type DiagnosticCollector,
  type Extra,
  labelAt,
  type MessageCode,
  type Messages,
} from "../diagnostics/index.ts";
import { describeOrigin, describeValue } from "../explain/origin.ts";
import type {
  PartialRecipe,
  Place,
  Resolved,
  ResolvedOptions,
  ResolvedSection,
} from "../resolve/resolved.ts";

/** A value of a recipe with the name and the section that a message needs. */
export interface Found {
  /** Its key. */
  readonly name: string;
  readonly value: Resolved;
  readonly section: ResolvedSection;
}

/** One check: looks at a resolved recipe and reports what cannot work. Never throws, changes nothing. */
export type Rule = (recipe: PartialRecipe, report: Report) => void;

/** Reports a diagnostic about values: at the first one that somebody wrote, with what the others are. */
export type Report = <C extends MessageCode>(
  code: C,
  parameters: MessageParameters<Messages[C]>,
  about: readonly (Found | Place)[],
  extra?: Extra,
) => void;

/** The way of a recipe's rules to its diagnostics. */
export function reporter(recipe: PartialRecipe, diagnostics: DiagnosticCollector): Report {
  return (code, parameters, about, extra = {}) => {
    const { place, ...rest } = describeAbout(recipe, about, extra);
    diagnostics.report(code, parameters, place, rest);
  };
}

/** Where a diagnostic about values points, and what it says of those beside the first one that somebody wrote. */
export function describeAbout(
  recipe: PartialRecipe,
  about: readonly (Found | Place)[],
  extra: Extra,
): Required<Extra> & { readonly place: Place } {
  const primary = about.find(isWritten) ?? about[0];
  const others = about.filter((one): one is Found => one !== primary && "value" in one);
  const labels = others
    .filter(isWritten)
    .map((one) => labelAt(placeOf(one, recipe), `${one.name} is ${describeValue(one.value)}`));
  const silent = [...others.filter((one) => !isWritten(one)), ...(isSilent(primary) ? [primary] : [])];
  const notes = silent.map(
    ({ name, value }) => `\`${name} = ${describeValue(value)}\` comes from: ${describeOrigin(value.origin)}.`,
  );
  return {
    place: primary === undefined ? recipe.place : placeOf(primary, recipe),
    fixes: extra.fixes ?? [],
    labels: [...labels, ...(extra.labels ?? [])],
    notes: [...(extra.notes ?? []), ...notes],
  };
}

const isWritten = (one: Found | Place): boolean => !("value" in one) || one.value.written !== undefined;

const isSilent = (one: Found | Place | undefined): one is Found => one !== undefined && !isWritten(one);

/** Where a value is written; of a default, the section that it belongs to, else the recipe's name. */
function placeOf(one: Found | Place, recipe: PartialRecipe): Place {
  if (!("value" in one)) return one;
  return one.value.written ?? one.section.header ?? recipe.place;
}

/** The value at a path of keys in a section: `find(recipe.model, "image_size")`, `find(dataset, "vis_processor", "train")`. */
export function find(section: ResolvedSection | undefined, ...keys: readonly string[]): Found | undefined {
  if (!section) return undefined;
  let options: ResolvedOptions | undefined = section.options;
  let value: Resolved | undefined;
  for (const key of keys) {
    value = options?.get(key);
    options = value && optionsIn(value);
  }
  const name = keys.at(-1);
  return value && name !== undefined ? { name, value, section } : undefined;
}

/** The values inside of a value, by name. */
export function optionsIn(value: Resolved): ResolvedOptions | undefined {
  switch (value.kind) {
    case "block":
    case "component":
      return value.options;
    case "map":
      return value.entries;
    default:
      return undefined;
  }
}

/** The number that was found; undefined where there is none, or only the run knows it. */
export function numberOf(found: Found | undefined): number | undefined {
  const value = scalarOf(found);
  return typeof value === "number" ? value : undefined;
}

export function textOf(found: Found | undefined): string | undefined {
  const value = scalarOf(found);
  return typeof value === "string" ? value : undefined;
}

/** Whether an option is on; undefined where that is not known. */
export function flagOf(found: Found | undefined): boolean | undefined {
  const value = scalarOf(found);
  return typeof value === "boolean" ? value : undefined;
}

export const isNone = (found: Found | undefined): boolean => scalarOf(found) === null;

const scalarOf = (found: Found | undefined) =>
  found?.value.kind === "scalar" ? found.value.value : undefined;

/** The elements of a list; undefined where it is not known. */
export function elementsOf(found: Found | undefined): readonly Found[] | undefined {
  if (found?.value.kind !== "list") return undefined;
  const { name, section, value } = found;
  return value.elements.map((element) => ({ name, section, value: element }));
}

/** Whether somebody wrote the value, rather than the catalogue. */
export const isGiven = ({ value: { origin } }: Found): boolean =>
  origin.kind !== "default" && origin.kind !== "follows";

/** Whether the recipe trains, rather than only evaluates; undefined where that is not known. */
export function trains(recipe: PartialRecipe): boolean | undefined {
  const evaluate = flagOf(find(recipe.run, "evaluate"));
  return evaluate === undefined ? undefined : !evaluate;
}

/** The two phases of a run, as datasets name their processors. */
export type Phase = "train" | "eval";

/** The phases that a recipe has for certain. */
export function phasesOf(recipe: PartialRecipe): readonly Phase[] {
  const hasSplits = ["valid_splits", "test_splits"].some(
    (key) => (elementsOf(find(recipe.run, key))?.length ?? 0) > 0,
  );
  return [...(trains(recipe) ? (["train"] as const) : []), ...(hasSplits ? (["eval"] as const) : [])];
}
