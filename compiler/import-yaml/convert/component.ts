import type { Card, ComponentKind, ComponentValue, Option } from "../../../runtime/card.ts";
import { didYouMean, suggestionsFor } from "../../diagnostics/index.ts";
import { textOf } from "../configuration.ts";
import { cardFor, registeredNames } from "../names.ts";
import { type Item, joinTrivia, type Line, type Note, writeItems } from "../output.ts";
import { meaningOf, writeValue } from "../values.ts";
import type { ScalarValue } from "../yaml/scalars.ts";
import {
  describeNode,
  entryOf,
  noTrivia,
  type Remark,
  type Trivia,
  type YamlEntry,
  type YamlMap,
  type YamlNode,
} from "../yaml/tree.ts";
import { type Conversion, optionItems, type Surroundings } from "./options.ts";
import { unreadNote } from "./unread.ts";

/** `train: { name: blip_image_train, image_size: 384 }` as `train = blip_image_train(image_size = 384)`. */
export function componentItem(
  entry: YamlEntry,
  { type, nullable }: Option,
  around: Surroundings,
  conversion: Conversion,
): Item {
  const { key, value, trivia } = entry;
  const { source, refusals } = conversion;
  if (type.is !== "component") throw new Error(`${key} is no component`);
  if (value.kind === "scalar" && value.value === null && nullable)
    return { kind: "line", text: `${key} = none`, trivia };
  const nothing = unreadNote(entry, `\`${key}\` names no ${type.of}`, source);
  if (value.kind !== "map") {
    const names = { subject: `\`${key}\``, expected: "a mapping with a `name`", found: describeNode(value) };
    refusals.report("LV5006", names, entry.keySpan);
    return nothing;
  }
  const given = defaultAt(around);
  const nameEntry = entryOf(value, "name");
  const name = nameEntry ? textOf(nameEntry.value) : given?.name;
  if (name === undefined) {
    refusals.report("LV5005", { owner: `\`${key}\``, key: "name" }, entry.keySpan);
    return nothing;
  }
  const card = cardFor(conversion.catalog, type.of, name);
  if (!card) {
    reportUnknown(name, type.of, nameEntry ?? entry, conversion);
    return nothing;
  }
  const follows = card.options.prompt?.default;
  const isPrompted =
    conversion.hasPromptedTexts &&
    around.path.endsWith(".eval") &&
    follows !== undefined &&
    "follows" in follows &&
    !entryOf(value, "prompt") &&
    given?.options.prompt === undefined;
  const stated = isPrompted ? [plainLine('prompt = ""')] : [];
  return callItem(entry, value, card, given, stated, conversion);
}

function reportUnknown(
  name: string,
  kind: ComponentKind,
  { value }: YamlEntry,
  { catalog, refusals }: Conversion,
): void {
  const other = catalog.all().find((card) => /_processor$/.test(card.kind) && card.name === name);
  const near = suggestionsFor(name, registeredNames(catalog, kind));
  const notes = other ? [`\`${name}\` is a ${other.kind}.`] : didYouMean(near);
  refusals.report("LV5007", { kind, name }, value.span, { notes });
}

function callItem(
  { key, trivia }: YamlEntry,
  values: YamlMap,
  card: Card,
  given: ComponentValue | undefined,
  stated: readonly Line[],
  conversion: Conversion,
): Item {
  const around: Surroundings = {
    owner: `${card.kind} \`${card.name}\``,
    path: "",
    givenBy: [],
    isStored: false,
  };
  const nameEntry = entryOf(values, "name");
  const own = values.entries.filter((entry) => entry !== nameEntry);
  const items = own.map((entry): Item => {
    const [item] = optionItems([entry], card.options, around, conversion);
    return item?.kind === "line" ? item : noteOf(entry, item, conversion);
  });
  const lines = [
    ...items.filter((item) => item.kind === "line"),
    ...inherited(card, values, given, conversion),
    ...stated,
  ];
  const outer: Trivia = nameEntry ? joinTrivia(trivia, nameEntry.trivia) : trivia;
  // Notes about arguments stand before the call.
  const leading = [...outer.leading, ...items.filter((item) => item.kind === "note").flatMap(remarksOf)];
  return {
    kind: "line",
    text: `${key} = ${card.name}${argumentsText(lines)}`,
    trivia: { ...outer, leading },
  };
}

/** What a call has no place for: a note already, or a block of options. */
const noteOf = (entry: YamlEntry, item: Item | undefined, { source }: Conversion): Note =>
  item?.kind === "note"
    ? item
    : unreadNote(entry, `\`${entry.key}\` is a mapping, and one value is expected`, source);

const remarksOf = ({ lines, trivia: { leading, after } }: Note): readonly Remark[] => [
  ...leading,
  ...lines.map((text) => ({ text, isApart: false, offset: 0 })),
  ...after,
];

/** OmegaConf merges mappings deeply: options that LAVIS's default gives stay, even beside another name. */
function inherited(
  card: Card,
  values: YamlMap,
  given: ComponentValue | undefined,
  { parameters }: Conversion,
): readonly Line[] {
  return Object.entries(given?.options ?? {}).flatMap(([key, value]): readonly Line[] => {
    const option = Object.hasOwn(card.options, key) ? card.options[key] : undefined;
    if (!option || entryOf(values, key)) return [];
    const stated = option.default && "value" in option.default ? option.default.value : undefined;
    if (JSON.stringify(stated) === JSON.stringify(value)) return [];
    const written = writeValue(nodeOf(value), meaningOf(option, false), parameters);
    return "text" in written ? [plainLine(`${key} = ${written.text}`)] : [];
  });
}

const plainLine = (text: string): Line => ({ kind: "line", text, trivia: noTrivia() });

/** Plain data of a card as if a file said it. */
function nodeOf(value: unknown): YamlNode {
  const span = { start: 0, end: 0 };
  if (Array.isArray(value)) return { kind: "list", items: value.map(nodeOf), span };
  const isScalar = ["string", "number", "boolean"].includes(typeof value);
  return { kind: "scalar", value: isScalar ? (value as ScalarValue) : null, text: String(value ?? ""), span };
}

/** Arguments on one line, or with their comments on one each. */
function argumentsText(lines: readonly Line[]): string {
  if (lines.length === 0) return "";
  const hasComments = lines.some(
    ({ trivia: { leading, trailing, after } }) => leading.length + trailing.length + after.length > 0,
  );
  if (!hasComments) return `(${lines.map(({ text }) => text).join(", ")})`;
  const separated = lines.map(
    (line, at): Line => ({
      ...line,
      text: at < lines.length - 1 ? `${line.text},` : line.text,
      trivia: { ...line.trivia, isApart: false },
    }),
  );
  return `(\n${writeItems(separated)})`;
}

/** The component that LAVIS's default configuration has at a place. */
function defaultAt({ path, givenBy }: Surroundings): ComponentValue | undefined {
  for (const { defaults } of givenBy) {
    const value = defaults?.[path];
    if (isComponent(value)) return value;
  }
  return undefined;
}

const isComponent = (value: unknown): value is ComponentValue =>
  typeof value === "object" && value !== null && "name" in value && "options" in value;
