/** Components of users' own in recipes: `model NAME from "./file.ts" { … }`. */

import { constantText } from "../../grammar/index.ts";
import type { Card } from "../../runtime/card.ts";
import type { OwnKind } from "../../runtime/own/options.card.ts";
import type { Catalog } from "../catalog/index.ts";
import { didYouMean, suggestionsFor } from "../diagnostics/index.ts";
import { isOwnCard, isOwnKind, isOwnProcessorKind, type OwnCard, type OwnRequest } from "../own/index.ts";
import { renameFixes } from "../program/index.ts";
import type { ResolveContext } from "./context.ts";
import { type Draft, type DraftItem, type DraftSource, labelPlace } from "./draft.ts";

type Context = Pick<ResolveContext, "catalog" | "diagnostics" | "host" | "own">;

/** The card of the component that a file in quotes describes. Undefined, and reported, where there can be none. */
export function cardOfFile(
  context: Context,
  kind: OwnKind,
  name: string,
  item: Pick<DraftItem, "header" | "label">,
  source: DraftSource,
): OwnCard | undefined {
  const { catalog, diagnostics, own } = context;
  if (catalog.get(kind, name)) {
    const where = labelPlace(item);
    const fixes = where === item.header ? [] : renameFixes(where, [`my_${name}`]);
    diagnostics.report("LV2310", { name, kind }, where, { fixes });
    return undefined;
  }
  const file = readFile(context, source);
  return file && own.card(name, { kind, ...file });
}

/** The file behind `from`, with its text; undefined, and reported, where it is not a TypeScript file to read. */
function readFile(
  { diagnostics, host, own }: Context,
  { node, place, directory }: DraftSource,
): { readonly path: string; readonly text: string } | undefined {
  const written = node.kind === "string" ? constantText(node) : undefined;
  const shown = place.source.slice(place.span);
  if (written === undefined) {
    const notes = ["The path is part of what is checked: it must be written out, with nothing to fill in."];
    diagnostics.report("LV2301", { path: shown }, place, { notes });
    return undefined;
  }
  if (!isTypeScript(written)) {
    diagnostics.report("LV2302", { path: shown }, place);
    return undefined;
  }
  const path = host.resolve(directory, written);
  const text = own.text(path);
  if (typeof text === "string") return { path, text };
  const folder = written.slice(0, written.lastIndexOf("/") + 1);
  const files = host.filesIn(host.directory(path)).filter((name) => name.endsWith(".ts"));
  const isLost = text.problem === "is not there";
  const similar = isLost ? suggestionsFor(written.slice(folder.length), files) : [];
  const near = similar.map((name) => `${folder}${name}`);
  const notes = [`${host.display(path)} ${text.problem}.`, ...didYouMean(near)];
  const fixes = renameFixes(
    place,
    near.map((one) => JSON.stringify(one)),
  );
  diagnostics.report("LV2301", { path: shown }, place, { notes, fixes });
  return undefined;
}

/** Reads all files that a recipe names at once: TypeScript pays for each time, not for each file. */
function prepare(draft: Draft, { host, own }: Context): void {
  const requests = [...draft.values()].flatMap(({ name: kind, from }): OwnRequest[] => {
    const written = from?.node.kind === "string" ? constantText(from.node) : undefined;
    if (!from || written === undefined || !isTypeScript(written) || !isOwnKind(kind)) return [];
    const path = host.resolve(from.directory, written);
    const text = host.readFile(path);
    return typeof text === "string" ? [{ kind, path, text }] : [];
  });
  own.prepare(requests);
}

const isTypeScript = (path: string): boolean => path.endsWith(".ts") && !path.endsWith(".d.ts");

/** The processors of a recipe's own, which its datasets can name. */
export interface OwnProcessors {
  readonly cards: readonly OwnCard[];
  /** The catalogue with them. */
  readonly catalog: Catalog;
  /** The options that a declaration gives to each use of its processor. */
  presetsOf(card: Card): Draft;
  /** Whether a processor is declared and its file cannot be had, which is reported: its uses are no mistakes. */
  isLost(kind: string, name: string): boolean;
}

/** Reads the files that a recipe names, and finds those of `vis_processor NAME from "./file.ts"`. */
export function findProcessors(draft: Draft, context: Context): OwnProcessors {
  prepare(draft, context);
  const presets = new Map<OwnCard, Draft>();
  const lost = new Set<string>();
  for (const item of draft.values()) {
    const { name: kind, label, from, block } = item;
    if (!isOwnProcessorKind(kind) || !label || from?.node.kind !== "string") continue;
    const card = cardOfFile(context, kind, label.text, item, from);
    if (card) presets.set(card, block ?? new Map());
    else lost.add(`${kind} ${label.text}`);
  }
  const cards = [...presets.keys()];
  return {
    cards,
    catalog: cards.length === 0 ? context.catalog : context.catalog.with(cards),
    presetsOf: (card) => new Map(isOwnCard(card) ? presets.get(card) : []),
    isLost: (kind, name) => lost.has(`${kind} ${name}`),
  };
}
