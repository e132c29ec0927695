/** The tags of documentation comments that say what TypeScript's types do not. */

import { type Field, media, type Option, type OptionType } from "../../runtime/card.ts";
import { isName } from "./option-types.ts";

/** The text of each tag, by its name: the last one where a tag is written more than once. */
export type Tags = ReadonlyMap<string, string>;

/** The names behind a tag such as `@reads image, text_input`. */
export const namesIn = (text: string): readonly string[] =>
  text.split(/[\s,]+/).filter((name) => name !== "");

/** Why samples cannot have a field of a name; undefined where they can. */
export function problemOfField(name: string): string | undefined {
  if (!isName(name)) return `\`${name}\` is no name`;
  const isOtherMedium = name !== "image" && (media as readonly string[]).includes(name);
  return isOtherMedium ? `this version of the runtime reads no \`${name}\`, only \`image\`` : undefined;
}

/** Whether samples can have a field of a name. */
export const isField = (name: string): name is Field => problemOfField(name) === undefined;

/** The value that `@default` states; undefined where it is none of the option's type. */
export function readDefault(
  text: string,
  { type, nullable }: Pick<Option, "type" | "nullable">,
): { readonly value: unknown } | undefined {
  const bare = text.trim().replace(/^`(.*)`$/s, "$1");
  const value = literal(bare);
  if (value === null) return nullable && { value };
  return fits(value, type) ? { value } : undefined;
}

/** A value as JavaScript or a recipe writes it; a bare name is a text. */
function literal(text: string): unknown {
  if (text === "none") return null;
  const quoted = /^'([^'\\]*)'$/.exec(text);
  if (quoted) return quoted[1];
  try {
    return JSON.parse(/^[-+\d_.e]+$/i.test(text) ? text.replaceAll("_", "") : text);
  } catch {
    return text;
  }
}

function fits(value: unknown, type: OptionType): boolean {
  switch (type.is) {
    case "number":
      return typeof value === "number";
    case "count":
      return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
    case "ratio":
      return typeof value === "number" && value >= 0 && value <= 1;
    case "bool":
      return typeof value === "boolean";
    case "enum":
      return typeof value === "string" && type.members.includes(value);
    case "list":
      return Array.isArray(value) && value.every((one) => fits(one, type.of));
    case "component":
    case "block":
    case "map":
      return false;
    default:
      return typeof value === "string";
  }
}

/** The bounds that `@minimum`, `@maximum`, `@exclusiveMinimum` and `@exclusiveMaximum` state. */
export function readRange(tags: Tags): Option["range"] | undefined {
  const bounds = { minimum: "min", maximum: "max", exclusiveMinimum: "above", exclusiveMaximum: "below" };
  const stated = Object.entries(bounds).flatMap(([tag, key]) => {
    const number = Number.parseFloat(tags.get(tag) ?? "");
    return Number.isNaN(number) ? [] : [[key, number] as const];
  });
  return stated.length === 0 ? undefined : Object.fromEntries(stated);
}

/** A documented thing of TypeScript: a symbol, or a signature. */
interface Documented {
  getDocumentationComment(checker: undefined): readonly { readonly text: string }[];
  getJsDocTags(): readonly { readonly name: string; readonly text?: readonly { readonly text: string }[] }[];
}

const joined = (parts: readonly { readonly text: string }[]): string =>
  parts
    .map(({ text }) => text)
    .join("")
    .trim();

/** The text of a documentation comment on one line, without its tags. */
export const docOf = (documented: Documented): string =>
  joined(documented.getDocumentationComment(undefined)).replace(/\s+/g, " ");

export const tagsOf = (documented: Documented): Tags =>
  new Map(documented.getJsDocTags().map(({ name, text = [] }) => [name, joined(text)]));
