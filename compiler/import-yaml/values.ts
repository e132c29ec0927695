import { cachePrefix, isUrl, type Option, type OptionType } from "../../runtime/card.ts";
import { isName } from "./names.ts";
import type { Parameters } from "./parameters.ts";
import { describeNode, type YamlNode, type YamlScalar } from "./yaml/tree.ts";

/** A value as the language writes it, or why it cannot be. */
export type Written = { readonly text: string } | { readonly problem: string };

/** How a value is meant. */
export interface Meaning {
  readonly type: OptionType;
  readonly nullable: boolean;
  /** Of paths: relative ones lie in LAVIS's cache, which is ours. */
  readonly isStored: boolean;
}

export const meaningOf = ({ type, nullable }: Option, isStored: boolean): Meaning => ({
  type,
  nullable: nullable ?? false,
  isStored,
});

/**
 * Writes a YAML value for an option: in the option's type where that says the same, otherwise literally, so that
 * the check of the recipe says what is wrong with it.
 */
export function writeValue(node: YamlNode, meaning: Meaning, parameters: Parameters): Written {
  const { type, nullable } = meaning;
  if (node.kind === "map") return { problem: "it is a mapping, and one value is expected" };
  if (type.is === "list") {
    if (node.kind === "scalar" && node.value === null) return nothing(nullable);
    // LAVIS takes one text where it takes a list of them.
    const items = node.kind === "list" ? node.items : [node];
    const written = items.map((item) =>
      writeValue(item, { ...meaning, type: type.of, nullable: false }, parameters),
    );
    const problem = written.find((one) => "problem" in one);
    if (problem) return problem;
    const texts = written.flatMap((one) => ("text" in one ? [one.text] : []));
    return {
      text:
        type.single && texts.length === 1 && node.kind === "scalar" ? `${texts[0]}` : `[${texts.join(", ")}]`,
    };
  }
  if (node.kind === "list") {
    const [only, ...others] = node.items;
    if (only && others.length === 0) return writeValue(only, meaning, parameters);
    return { problem: `it is ${describeNode(node)}, and one value is expected` };
  }
  return writeScalar(node, meaning, parameters);
}

function writeScalar(
  node: YamlScalar,
  { type, nullable, isStored }: Meaning,
  parameters: Parameters,
): Written {
  const parts = parameters.partsOf(node);
  if (parts) return { text: parameters.write(parts, type) };
  const { value } = node;
  const text = textOf(node);
  if (value === null) return nothing(nullable);
  switch (type.is) {
    case "number":
    case "count":
    case "ratio": {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      return typeof number === "number" && Number.isFinite(number)
        ? { text: writeNumber(number, node.text) }
        : literal(node);
    }
    case "name":
    case "enum":
      return isName(text) && !parameters.has(text) ? { text } : { text: quote(text) };
    case "path":
    case "url":
    case "checkpoint":
      // `False` is how some files say that there is none.
      if (text === "" || value === false)
        return nullable ? { text: "none" } : { problem: "it names nothing" };
      // CLIP's weights have names in LAVIS, such as `openai`.
      if (type.is === "checkpoint" && /^[\w-]+$/.test(text))
        return { problem: "it is a name, and no file or URL; the default is that of the variant" };
      return { text: quote(isStored && type.is === "path" ? storedPath(text) : text) };
    case "secret":
      return { problem: "it is a secret; name the variable that holds it" };
    case "string":
      return { text: quote(value === false ? "" : text) };
    default:
      return literal(node);
  }
}

/** The text of a scalar; numbers in the forms that only YAML has become plain ones: `0x1F` is 31 to LAVIS as well. */
const textOf = ({ value, text }: YamlScalar): string =>
  typeof value === "number" && !/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) ? String(value) : text;

const nothing = (nullable: boolean): Written =>
  nullable ? { text: "none" } : { problem: "it is null, which says nothing here, so that the default holds" };

function literal({ value, text }: YamlScalar): Written {
  if (typeof value === "boolean") return { text: String(value) };
  return {
    text: typeof value === "number" && Number.isFinite(value) ? writeNumber(value, text) : quote(text),
  };
}

/** A number as it is written, where the language reads that as the same number. */
export function writeNumber(value: number, written: string): string {
  const isOurs = /^-?(?:0|[1-9]\d*(?:_\d+)*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(written);
  return isOurs && Number(written.replaceAll("_", "")) === value ? written : String(value).replace("e+", "e");
}

/** LAVIS joins relative storage to its `cache_root`; ours is the data cache. */
function storedPath(text: string): string {
  const isAbsolute = text.startsWith("/") || isUrl(text);
  return isAbsolute ? text : `${cachePrefix}data/${text.replace(/^\.\//, "").replace(/\/+$/, "")}`;
}

/** A text in quotes. */
export function quote(text: string): string {
  const escaped = text.replace(/["\\\p{Cc}\u2028\u2029]|\$(?=\{)/gu, (character) => {
    const known = escapes[character];
    return known ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return `"${escaped}"`;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  $: "\\$",
};
