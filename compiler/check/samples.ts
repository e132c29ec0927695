/** What a recipe's datasets carry, and what reads it in each phase. */

import { type Field, type Medium, media, type Need } from "../../runtime/card.ts";
import { isField, isOwnCard } from "../own/index.ts";
import type { PartialRecipe, Place, ResolvedSection } from "../resolve/resolved.ts";
import { elementsOf, type Found, find, isNone, optionsIn, type Phase, textOf } from "./rule.ts";

/** A need of a model or task. */
export interface Reading {
  readonly reader: ResolvedSection;
  readonly need: Need;
}

export const fieldsOf = (need: Need): readonly Field[] => (typeof need === "string" ? [need] : need);

const isMedium = (field: Field): field is Medium => (media as readonly Field[]).includes(field);

/** What is read in a phase: training reads what the model wants, evaluation what the task wants, of the model's media. */
export function readingsIn({ task, model }: PartialRecipe, phase: Phase): readonly Reading[] {
  const ofModel = readingsOf(model);
  if (phase === "train") return ofModel;
  return [...ofModel.filter(({ need }) => fieldsOf(need).every(isMedium)), ...readingsOf(task)];
}

const readingsOf = (reader: ResolvedSection | undefined): readonly Reading[] =>
  reader?.card.reads?.map((need) => ({ reader, need })) ?? [];

const splitKeys = { train: ["train_splits"], eval: ["valid_splits", "test_splits"] } as const;

/**
 * The annotations of a dataset by split: data of the user's own has them in the section itself. Those of a component of
 * the user's own are by split where they are a map: keys that its type names are no splits.
 */
export function annotationsOf(dataset: ResolvedSection): Found | undefined {
  const found = find(dataset, "annotations") ?? find(dataset, "build_info", "annotations");
  return isOwnCard(dataset.card) && found?.value.option.type.is !== "map" ? undefined : found;
}

/**
 * The names of a dataset's splits, those among them whose files are wrong; undefined where a component of the user's own
 * does not say.
 */
export function splitNames(dataset: ResolvedSection): ReadonlySet<string> | undefined {
  const value = annotationsOf(dataset)?.value;
  const known = value && optionsIn(value);
  return known && new Set([...known.keys(), ...(value.kind === "map" ? value.keys.keys() : [])]);
}

/** The datasets that have a split of the phase: one that has none takes no part in it. */
export function datasetsIn(recipe: PartialRecipe, phase: Phase): readonly ResolvedSection[] {
  const splits = splitKeys[phase].flatMap((key) => elementsOf(find(recipe.run, key)) ?? []).map(textOf);
  return recipe.datasets.filter((dataset) => {
    const known = splitNames(dataset);
    return !known || splits.some((split) => split === undefined || known.has(split));
  });
}

/** The media by the names of LAVIS's `data_type`. */
const mediaOfDataTypes: Readonly<Record<string, Medium>> = {
  images: "image",
  videos: "video",
  video: "video",
  audio: "audio",
  pc: "pc",
  features: "video_fts",
};

/** The columns that data of the user's own may be without, and the fields that samples then lack. */
export const optionalColumns = {
  caption: "text_input",
  answer: "answers",
} as const satisfies Readonly<Record<string, Field>>;

/** The fields that `fields` of the user's own data names, beside those of its columns. */
export function furtherFields(dataset: ResolvedSection): readonly FurtherField[] {
  const fields = dataset.card.kind === "format" ? find(dataset, "fields")?.value : undefined;
  if (fields?.kind !== "map") return [];
  return Array.from(fields.entries, ([name, value]) => ({
    name,
    value,
    section: dataset,
    key: fields.keys.get(name),
  }));
}

/** A field of `fields`, with its key where somebody wrote it. */
interface FurtherField extends Found {
  readonly key: Place | undefined;
}

/** Where a diagnostic about the name of a field points. */
export const reportableAt = (field: FurtherField): readonly (Found | Place)[] => [field.key ?? field];

/**
 * The fields that a dataset's samples carry in a phase; where it can give several media, those that its `data_type` lists. A
 * column that is none gives no field, and what an evaluation scores by is no part of its samples. Undefined where a component of the user's own does not say.
 */
export function carriedBy(dataset: ResolvedSection, phase: Phase): readonly Field[] | undefined {
  const { provides, references = [] } = dataset.card;
  if (!provides) return undefined;
  const lacking: readonly Field[] = Object.entries(optionalColumns)
    .filter(([column]) => isNone(find(dataset, "columns", column)))
    .map(([, field]) => field);
  const scoredBy = phase === "eval" ? references : [];
  const provided = [
    ...provides,
    ...furtherFields(dataset)
      .map(({ name }) => name)
      .filter(isField),
  ].filter((field) => !lacking.includes(field) && !scoredBy.includes(field));
  const chosen = elementsOf(find(dataset, "data_type"))?.map(textOf);
  if (!chosen || chosen.includes(undefined)) return provided;
  const wanted = new Set(chosen.map((one) => mediaOfDataTypes[one ?? ""]));
  return provided.filter((field) => !isMedium(field) || wanted.has(field));
}
