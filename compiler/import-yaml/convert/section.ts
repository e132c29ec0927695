import type { Card } from "../../../runtime/card.ts";
import { lavisKeys, type SectionKind } from "../../catalog/index.ts";
import { oneOfNames, suggestionsFor } from "../../diagnostics/index.ts";
import { type Block, type Item, joinTrivia } from "../output.ts";
import { noTrivia, type Remark, type Trivia, type YamlEntry } from "../yaml/tree.ts";
import { type Conversion, optionItem, type Stated, whyIdle } from "./options.ts";
import { unreadNote } from "./unread.ts";

/** The entries of a section as options of its card. */
export function sectionItems(
  kind: SectionKind,
  card: Card,
  entries: readonly YamlEntry[],
  stated: Stated,
  conversion: Conversion,
): readonly Item[] {
  const around = { owner: `${kind} \`${card.name}\``, path: kind, givenBy: [card], isStored: false };
  return entries.map((entry) => {
    const option = Object.hasOwn(card.options, entry.key) ? card.options[entry.key] : undefined;
    const idle = option && whyIdle(option, entry.key, entries, stated);
    if (idle !== undefined) return unreadNote(entry, idle, conversion.source);
    if (option) return optionItem(entry, option, around, conversion);
    return unreadNote(entry, whyUnread(kind, [card], entry.key, conversion), conversion.source);
  });
}

/** Why nothing reads a key of a section: it has another spelling here, belongs to another component, or is a typo. */
export function whyUnread(
  kind: SectionKind,
  cards: readonly Card[],
  key: string,
  { catalog }: Conversion,
): string {
  const spelling = lavisKeys[kind];
  const ours = spelling && Object.hasOwn(spelling, key) ? spelling[key]?.ours : undefined;
  if (ours !== undefined) return `\`${key}\` is written ${ours}`;
  const owner = cards
    .map((card) => (card.kind === "run" ? "`run`" : `${card.kind} \`${card.name}\``))
    .join(", ");
  const readers = cards.flatMap((card) =>
    catalog.ofKind(card.kind).filter((other) => other !== card && Object.hasOwn(other.options, key)),
  );
  if (readers.length > 0) {
    const names = readers.slice(0, 3).map(({ name }) => name);
    const more = readers.length > 3 ? " and others" : "";
    return `${cards.length === 1 ? owner : `this ${readers[0]?.kind}`} reads no \`${key}\`, but ${oneOfNames(names, "and")}${more} would`;
  }
  const near = suggestionsFor(
    key,
    cards.flatMap(({ options }) => Object.keys(options)),
  );
  return `nothing reads \`${key}\` here${near.length > 0 ? `; did you mean ${oneOfNames(near)}?` : ""}`;
}

/** A section whose name is made of some entries: their comments are about its header. */
export function section(
  header: string,
  items: readonly Item[],
  own: Trivia,
  naming: readonly YamlEntry[],
): Block {
  const [beside, ...more] = [own, ...naming.map(({ trivia }) => trivia)].flatMap(({ trailing }) => trailing);
  const leading = [...own.leading, ...naming.flatMap(({ trivia }) => trivia.leading), ...more];
  const below: readonly Remark[] = naming.flatMap(({ trivia }) => trivia.after);
  const opening: readonly Item[] =
    below.length > 0 ? [{ kind: "note", lines: [], trivia: { ...noTrivia(), leading: [...below] } }] : [];
  const trivia = { ...joinTrivia(own), leading, trailing: beside ? [beside] : [] };
  return { kind: "block", header, items: [...opening, ...items], trivia };
}
