import { isUrl, type Option, type OptionType } from "../../../runtime/card.ts";
import { type Item, joinTrivia } from "../output.ts";
import { entryOf, noTrivia, type YamlEntry, type YamlMap, type YamlNode } from "../yaml/tree.ts";
import { type Conversion, optionItems, type Surroundings } from "./options.ts";
import { unreadNote } from "./unread.ts";

type BlockType = Extract<OptionType, { is: "block" }>;

/** Whether entries of this type name files by where they come from and where they are stored. */
export const isAnnotations = (type: OptionType): type is BlockType =>
  type.is === "block" && ["url", "storage"].every((key) => Object.hasOwn(type.options, key));

/**
 * The annotation files of a split. LAVIS takes a local file for a `url` too, and copies it to the storage; and it
 * never checks `md5`, so that the default's may be that of another file.
 */
export function annotationsItem(
  { key, trivia }: YamlEntry,
  values: YamlMap,
  { options }: BlockType,
  files: Option,
  around: Surroundings,
  conversion: Conversion,
): Item {
  const url = entryOf(values, "url");
  const storage = entryOf(values, "storage");
  const items = values.entries.flatMap((entry): readonly Item[] => {
    if (entry !== url || !isLocal(url.value)) return optionItems([entry], options, around, conversion);
    const none: Item = { kind: "line", text: "url = none", trivia: noTrivia() };
    if (storage && sameTexts(url.value, storage.value)) return [{ ...none, trivia: joinTrivia(url.trivia) }];
    const why = "LAVIS copies this file to `storage`; put it there, or name it as `storage`";
    return [unreadNote(url, why, conversion.source), none];
  });
  const checksum: readonly Item[] = isForeign(files, key, values)
    ? [{ kind: "line", text: "md5 = none", trivia: noTrivia() }]
    : [];
  return { kind: "block", header: key, items: [...items, ...checksum], trivia };
}

/** Whether a `url` names files of this machine. */
const isLocal = (url: YamlNode): boolean => textsOf(url).some((text) => text !== "" && !isUrl(text));

const sameTexts = (a: YamlNode, b: YamlNode): boolean =>
  JSON.stringify(textsOf(a)) === JSON.stringify(textsOf(b));

/** The texts of a value that is one or a list of them. */
function textsOf(node: YamlNode): readonly string[] {
  if (node.kind === "scalar") return typeof node.value === "string" ? [node.value] : [];
  return node.kind === "list" ? node.items.flatMap(textsOf) : [];
}

/** Whether the default's checksum belongs to another file than the one named. */
function isForeign({ default: stated }: Option, split: string, values: YamlMap): boolean {
  const url = entryOf(values, "url");
  const defaults = stated && "value" in stated && isRecord(stated.value) ? stated.value[split] : undefined;
  if (!url || entryOf(values, "md5") || !isRecord(defaults)) return false;
  const known = [defaults.url].flat();
  const hasChecksum = defaults.md5 !== undefined && defaults.md5 !== null;
  return hasChecksum && JSON.stringify(textsOf(url.value)) !== JSON.stringify(known);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
