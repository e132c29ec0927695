import type { Fix, Span, TextEdit } from "../../grammar/index.ts";
import { type Options, units } from "../../runtime/card.ts";
import { isSectionKind, lavisKeys, type SectionKind } from "../catalog/index.ts";
import { didYouMean, oneOfNames, someOfNames, suggestionsFor } from "../diagnostics/index.ts";
import { isOwnCard } from "../own/index.ts";
import { renameFixes } from "../program/index.ts";
import type { Owner, ResolveContext, SectionInUse } from "./context.ts";
import type { DraftItem } from "./draft.ts";
import { appendToBlock, nameIn, removalFix, replacementFix } from "./edits.ts";
import type { Place } from "./resolved.ts";

/** Says what is wrong with a key that its owner has no option for, and where it belongs. */
export function reportUnknownKey(
  context: ResolveContext,
  owner: Owner,
  options: Options,
  item: DraftItem,
): void {
  const { diagnostics } = context;
  const key = item.name;
  const described = owner.described;
  if (isToldInItsFile(owner, key)) return;
  if (reportPartedUnit(context, described, item)) return;
  if (owner.path === undefined && key === "name") {
    const ours = `as the value of its own key: \`train = ${nameIn(item.value) ?? owner.card.name}(…)\``;
    diagnostics.report("LV2011", { found: key, ours }, item.header);
    return;
  }
  const spelledFor = owner.card.kind === "format" ? "format" : owner.section;
  if (owner.section && spelledFor && reportLavisSpelling(context, spelledFor, item)) return;

  const relatives = context.catalog
    .withOption(key)
    .filter((card) => card.kind === owner.card.kind && card !== owner.card && !isOwnCard(owner.card));
  const isOwn = owner.section !== undefined || owner.path === undefined;
  if (isOwn && relatives.length > 0) {
    const instead = someOfNames(relatives.map(({ name }) => name));
    const fixes = [removalFix(item.whole, `Remove \`${key}\``, "safe")];
    diagnostics.report("LV2012", { key, owner: described, instead }, item.header, { fixes });
    return;
  }
  if (owner.section && reportElsewhere(context, described, item, owner.section)) return;

  const nested = Object.entries(options).find(
    ([, { type }]) => type.is === "block" && Object.hasOwn(type.options, key),
  );
  const near = suggestionsFor(key, Object.keys(options));
  const notes = nested
    ? [`It is an option of \`${nested[0]}\`: write \`${nested[0]} { ${key} = … }\`.`]
    : near.length > 0
      ? didYouMean(near)
      : listOf(options);
  const fixes = nested ? [] : renameFixes(item.header, near);
  diagnostics.report("LV2009", { key, owner: described }, item.header, { notes, fixes });
}

/** A unit that a space parts from its number, which is read as a section of that name; true where it was reported. */
function reportPartedUnit({ diagnostics }: ResolveContext, owner: string, item: DraftItem): boolean {
  const { name: key, header, body, label, value } = item;
  const { text } = header.source;
  const before = /[\d.][ \t]+$/.exec(text.slice(0, header.span.start).slice(-maxParted));
  if (!before || !Object.hasOwn(units, key) || body || label || value) return false;
  const start = header.span.start - before[0].length + 1;
  const gap = { source: header.source, span: { start, end: header.span.start } };
  diagnostics.report("LV2009", { key, owner }, header, {
    notes: [`A unit stands right behind its number: \`100${key}\`.`],
    fixes: [replacementFix(gap, "", "Join the unit to its number", "safe")],
  });
  return true;
}

/** The most characters between a number and its unit that are looked at. */
const maxParted = 100;

/** Whether a type of the user's own has the key, or all of its keys, in a form that no recipe can write: said there. */
function isToldInItsFile({ card, path = "" }: Owner, key: string): boolean {
  if (!isOwnCard(card)) return false;
  const [, ...outer] = path.split(".");
  return card.own.isUnreadable || card.own.options.has([...outer, key].join("."));
}

const listOf = (options: Options): readonly string[] => {
  const names = Object.keys(options);
  return names.length === 0 ? ["It has no options."] : [`Its options are ${oneOfNames(names, "and")}.`];
};

/** A key that is LAVIS's spelling of another; true where it was reported. */
export function reportLavisSpelling(
  context: ResolveContext,
  section: SectionKind | "format" | "",
  item: DraftItem,
): boolean {
  const table = lavisKeys[section] ?? {};
  const spelling = Object.hasOwn(table, item.name) ? table[item.name] : undefined;
  if (!spelling) return false;
  const { rename, ours, names } = spelling;
  const fixes = rename ? [replacementFix(item.header, rename, `Write \`${rename}\``, "safe")] : [];
  if (names) fixes.push(...nameFixes(context, names, item));
  context.diagnostics.report("LV2011", { found: item.name, ours }, item.header, { fixes });
  return true;
}

/** Makes the value of an item the name of a section: of the recipe's own, or of a new one. */
function nameFixes(context: ResolveContext, kind: SectionKind, item: DraftItem): readonly Fix[] {
  const name = nameIn(item.value);
  const { source, span } = item.whole;
  if (name === undefined) return [];
  const title = `Write \`${kind} ${name}\``;
  const [removal] = removalFix(item.whole, "", "safe").edits;
  const sections = context
    .cardsInUse()
    .flatMap(({ kind: one, header, whole }) =>
      header && whole?.source === source ? [{ kind: one, header, whole }] : [],
    );
  const own = sections.find((section) => section.kind === kind);
  const around = sections.find(({ whole }) => whole.span.start < span.start && span.end <= whole.span.end);
  if (!removal || (own && own.header.source !== source)) return [];
  if (own) return [{ title, applicability: "unsafe", edits: [rewrite(own.header.span), removal] }];
  if (!around) return [{ title, applicability: "unsafe", edits: [rewrite(span)] }];
  const at = around.whole.span.start;
  const lineStart = source.text.lastIndexOf("\n", at - 1) + 1;
  const indent = /^[ \t]*/.exec(source.text.slice(lineStart, at))?.[0] ?? "";
  const insertion = { span: { start: at, end: at }, text: `${kind} ${name}\n${indent}`, path: source.path };
  return [{ title, applicability: "unsafe", edits: [insertion, removal] }];

  function rewrite(where: Span): TextEdit {
    return { span: where, text: `${kind} ${name}`, path: source.path };
  }
}

/** A key that is an option of another section than `here`, the one that it stands in; true where it was reported. */
export function reportElsewhere(
  context: ResolveContext,
  owner: string,
  item: DraftItem,
  here?: SectionKind,
): boolean {
  const inUse = context
    .cardsInUse()
    .find(({ kind, card }) => kind !== here && Object.hasOwn(card.options, item.name));
  const section = inUse?.kind ?? sectionWith(context, item.name, here);
  if (!section) return false;
  const isGiven = inUse?.gives(item.name) ?? false;
  const remove = removalFix(item.whole, "Remove it here", "unsafe");
  const fixes = isGiven ? [remove] : inUse ? moveFix(item.whole, inUse) : [];
  const notes = isGiven ? [`It is given in \`${section}\` too.`] : [];
  context.diagnostics.report("LV2010", { key: item.name, section, owner }, item.header, { fixes, notes });
  return true;
}

/** Another section of some recipe that has the option, where this recipe's have not. */
function sectionWith(
  { catalog }: ResolveContext,
  key: string,
  here: SectionKind | undefined,
): SectionKind | undefined {
  return catalog
    .withOption(key)
    .map(({ kind }) => kind)
    .filter(isSectionKind)
    .find((kind) => kind !== here);
}

/** Moves an item into a section of the same file. */
function moveFix(item: Place, { kind, whole, body }: SectionInUse): readonly Fix[] {
  if (!whole || !body || whole.source !== item.source) return [];
  const [removal] = removalFix(item, "", "safe").edits;
  const insertion = appendToBlock(whole, body, item.source.slice(item.span));
  if (!removal) return [];
  const edits = [removal, insertion].sort((a, b) => a.span.start - b.span.start);
  return [{ title: `Move it to \`${kind}\``, applicability: "safe", edits }];
}
