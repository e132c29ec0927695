import type { SourceText } from "../../../grammar/index.ts";
import type { Card, Option, Options, OptionType } from "../../../runtime/card.ts";
import type { Catalog } from "../../catalog/index.ts";
import { oneOfNames, suggestionsFor } from "../../diagnostics/index.ts";
import { isName } from "../names.ts";
import { type Item, joinTrivia } from "../output.ts";
import type { Parameters } from "../parameters.ts";
import type { Refusals } from "../refusals.ts";
import { meaningOf, writeValue } from "../values.ts";
import { describeNode, entryOf, type YamlEntry } from "../yaml/tree.ts";
import { annotationsItem, isAnnotations } from "./annotations.ts";
import { componentItem } from "./component.ts";
import { unreadNote } from "./unread.ts";

/** What every conversion needs. */
export interface Conversion {
  readonly catalog: Catalog;
  readonly source: SourceText;
  readonly refusals: Refusals;
  readonly parameters: Parameters;
  /**
   * The evaluation gives the model texts, and the model has a prompt of its own: processors take it by default
   * here, while LAVIS's put nothing before a text.
   */
  readonly hasPromptedTexts: boolean;
}

/** Where options stand. */
export interface Surroundings {
  /** "model `blip_caption`", for notes about what nothing reads. */
  readonly owner: string;
  /** The options' path in the recipe, as cards give defaults: `dataset.vis_processor`. */
  readonly path: string;
  /** The cards whose defaults LAVIS's own configuration gives at this path. */
  readonly givenBy: readonly Card[];
  /** Inside of `build_info`: relative paths lie in LAVIS's cache. */
  readonly isStored: boolean;
}

/** The entries of a mapping as items: options by their card, the rest as notes. */
export function optionItems(
  entries: readonly YamlEntry[],
  options: Options,
  around: Surroundings,
  conversion: Conversion,
): readonly Item[] {
  return entries.map((entry) => {
    const option = Object.hasOwn(options, entry.key) ? options[entry.key] : undefined;
    return option
      ? optionItem(entry, option, around, conversion)
      : unknownOption(entry, options, around, conversion);
  });
}

/** What no card knows, and so LAVIS never reads. */
function unknownOption(
  entry: YamlEntry,
  options: Options,
  { owner }: Surroundings,
  { source }: Conversion,
): Item {
  const near = suggestionsFor(entry.key, Object.keys(options));
  const meant = near.length > 0 ? `; did you mean ${oneOfNames(near)}?` : "";
  return unreadNote(entry, `nothing reads \`${entry.key}\` in ${owner}${meant}`, source);
}

/** What an option has where a mapping does not say it; undefined where that depends on other options. */
export type Stated = (key: string) => unknown;

/** Why an option is not read: beside it stands, or holds by default, what switches it off. */
export function whyIdle(
  { idleWhile }: Option,
  key: string,
  values: readonly YamlEntry[],
  stated: Stated,
): string | undefined {
  if (!idleWhile) return undefined;
  const { option, is } = idleWhile;
  const other = values.find((entry) => entry.key === option)?.value;
  const value = other ? (other.kind === "scalar" ? other.value : undefined) : stated(option);
  return value === is
    ? `\`${key}\` does nothing while \`${option}\` is ${is === null ? "none" : is}`
    : undefined;
}

/** One option with its value. */
export function optionItem(
  entry: YamlEntry,
  option: Option,
  around: Surroundings,
  conversion: Conversion,
): Item {
  const { type } = option;
  const inside = inner(around, entry.key);
  switch (type.is) {
    case "component":
      return componentItem(entry, option, inside, conversion);
    case "block":
      return blockItem(entry, type, inside, conversion);
    case "map":
      return mapItem(entry, option, type, inside, conversion);
    default:
      return valueItem(entry, option, around, conversion);
  }
}

const inner = (around: Surroundings, key: string): Surroundings => ({
  ...around,
  owner: `\`${key}\` of ${around.owner.replace(/^`\w+` of /, "")}`,
  path: `${around.path}.${key}`,
  isStored: around.isStored || key === "build_info",
});

function valueItem(
  entry: YamlEntry,
  option: Option,
  { isStored }: Surroundings,
  conversion: Conversion,
): Item {
  const { source, parameters } = conversion;
  const stored = option.type.is === "path" ? storageIn(entry) : undefined;
  const written = writeValue((stored ?? entry).value, meaningOf(option, isStored), parameters);
  if ("problem" in written)
    return unreadNote(entry, `\`${entry.key}\` is left out: ${written.problem}`, source);
  const trivia = stored ? joinTrivia(entry.trivia, stored.trivia) : entry.trivia;
  return { kind: "line", text: `${entry.key} = ${written.text}`, trivia };
}

/** LAVIS writes `images: { storage: PATH }` for what is one path here. */
function storageIn({ value }: YamlEntry): YamlEntry | undefined {
  return value.kind === "map" && value.entries.length === 1 ? entryOf(value, "storage") : undefined;
}

function blockItem(
  entry: YamlEntry,
  type: Extract<OptionType, { is: "block" }>,
  around: Surroundings,
  conversion: Conversion,
): Item {
  const { key, value, trivia } = entry;
  if (value.kind === "map") {
    const items = optionItems(value.entries, type.options, around, conversion);
    return { kind: "block", header: key, items, trivia };
  }
  const short = type.shorthand === undefined ? undefined : type.options[type.shorthand];
  if (short && !(value.kind === "scalar" && value.value === null))
    return valueItem(entry, short, around, conversion);
  return unreadNote(
    entry,
    `\`${key}\` is ${describeNode(value)}, and a mapping is expected`,
    conversion.source,
  );
}

function mapItem(
  entry: YamlEntry,
  option: Option,
  type: Extract<OptionType, { is: "map" }>,
  around: Surroundings,
  conversion: Conversion,
): Item {
  const { key, value, trivia } = entry;
  if (value.kind !== "map")
    return unreadNote(
      entry,
      `\`${key}\` is ${describeNode(value)}, and a mapping is expected`,
      conversion.source,
    );
  const element: Option = { type: type.of, doc: option.doc };
  const items = value.entries.map((one): Item => {
    if (!isName(one.key)) return unreadNote(one, `\`${one.key}\` cannot be a name here`, conversion.source);
    if (isAnnotations(type.of) && one.value.kind === "map")
      return annotationsItem(one, one.value, type.of, option, inner(around, one.key), conversion);
    return optionItem(one, element, around, conversion);
  });
  return { kind: "block", header: key, items, trivia };
}
