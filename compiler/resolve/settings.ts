import { SourceText } from "../../grammar/index.ts";
import type { Options, OptionType } from "../../runtime/card.ts";
import { defaultLabels, isSectionKind, sectionKinds } from "../catalog/index.ts";
import { didYouMean, someOfNames, suggestionsFor } from "../diagnostics/index.ts";
import { isOwnKind } from "../own/index.ts";
import type { ResolveContext } from "./context.ts";
import { type Draft, type DraftItem, isDatasetKey } from "./draft.ts";
import { cardOfFile } from "./own.ts";
import type { Origin, Place } from "./resolved.ts";
import type { Scope } from "./values/raw.ts";
import { readTextValue } from "./values/text-values.ts";

/**
 * Lays `--set section.key=value` over a recipe. A dataset is named by its name, which may be left out where the
 * recipe has one: `dataset.coco_caption.build_info.images=…`.
 */
export function applySetting(
  context: ResolveContext,
  draft: Draft,
  text: string,
  names: Scope["names"],
): void {
  const equals = text.indexOf("=");
  const path = text.slice(0, equals < 0 ? undefined : equals).trim();
  const place: Place = {
    source: new SourceText(text, `--set ${text}`),
    span: { start: 0, end: path.length },
  };
  const segments = path.split(".");
  const found = equals < 0 ? undefined : findOption(context, draft, segments);
  if (!found?.type) {
    const near = found?.near ?? [];
    const notes = near.length > 0 ? didYouMean(near) : [(equals >= 0 && found?.note) || written];
    context.diagnostics.report("LV2026", { path }, place, { notes });
    return;
  }
  const read = readTextValue(`--set ${text}`, text, equals + 1, found.type, context.diagnostics);
  if (!read) return;
  const header: Place = { source: read.source, span: place.span };
  const whole: Place = { source: read.source, span: { start: 0, end: text.length } };
  const origin: Origin = { kind: "set", text, place: whole };
  const scope: Scope = { source: read.source, directory: context.host.workingDirectory, names };
  const base = { label: undefined, header, whole, body: undefined, docs: "", origin };
  let block = draft;
  found.keys.forEach((key, index) => {
    const before = block.get(key);
    const name = before?.name ?? key;
    if (index === found.keys.length - 1) {
      const value = { expression: read.expression, scope, origin };
      block.set(key, { ...base, name, value, block: undefined });
      return;
    }
    const inner: Draft = before?.block ?? new Map();
    block.set(key, before ? { ...before, block: inner } : { ...base, name, value: undefined, block: inner });
    block = inner;
  });
}

const written = "It is written `--set section.key=value`.";

interface FoundOption {
  /** The keys from the recipe's block down to the option. */
  readonly keys: readonly string[];
  readonly type: OptionType | undefined;
  /** What may have been meant where a segment is unknown. */
  readonly near: readonly string[];
  /** What else helps, where nothing may have been meant. */
  readonly note?: string;
}

function findOption(
  context: ResolveContext,
  draft: Draft,
  [kind = "", ...rest]: readonly string[],
): FoundOption {
  if (!isSectionKind(kind)) {
    const near = suggestionsFor(kind, sectionKinds).map((section) => [section, ...rest].join("."));
    const paths = rest.length === 0 ? pathsTo(context, kind) : [];
    return { keys: [], type: undefined, near: paths.length > 0 ? paths : near };
  }
  const { key, path } = kind === "dataset" ? datasetKey(draft, rest) : { key: kind, path: rest };
  const card = cardOf(context, kind, draft.get(key));
  if (path.length === 0) {
    const note = `Only options can be set; what stands behind \`${kind}\` is the recipe's own.`;
    return { keys: [], type: undefined, near: [], note };
  }
  if (!card) return { keys: [], type: undefined, near: [] };
  const keys = [key];
  let type: OptionType = { is: "block", options: card.options };
  for (const [at, segment] of path.entries()) {
    const options = optionsOf(context, type, segment);
    const option = Object.hasOwn(options, segment) ? options[segment] : undefined;
    if (!option) {
      const here = `${kind}.${segment}`;
      const homes = path.length === 1 ? pathsTo(context, segment).filter((home) => home !== here) : [];
      const near = suggestionsFor(segment, Object.keys(options));
      const before = rest.slice(0, rest.length - path.length + at);
      const behind = path.slice(at + 1);
      const paths = near.map((one) => [kind, ...before, one, ...behind].join("."));
      const others = at > 0 ? [] : context.catalog.withOption(segment).filter((other) => other.kind === kind);
      const note = `It is an option of ${someOfNames(others.map(({ name }) => name))} only.`;
      const nearest = homes.length > 0 ? homes : paths;
      return { keys, type: undefined, near: nearest, ...(others.length > 0 && { note }) };
    }
    keys.push(segment);
    type = option.type;
  }
  return { keys, type, near: [] };
}

/** Where an option of that name stands in recipes: `schedule.init_lr`. */
function pathsTo({ catalog }: ResolveContext, option: string): readonly string[] {
  const kinds = catalog.withOption(option).map((card) => card.kind);
  return [...new Set(kinds.filter(isSectionKind))].map((kind) => `${kind}.${option}`);
}

/** The key of the dataset that a path names, or of the only one, and the rest of the path. */
function datasetKey(draft: Draft, path: readonly string[]): { key: string; path: readonly string[] } {
  const [name = "", ...rest] = path;
  if (draft.has(`dataset ${name}`)) return { key: `dataset ${name}`, path: rest };
  const [only, ...others] = [...draft.keys()].filter(isDatasetKey);
  return { key: others.length === 0 && only !== undefined ? only : `dataset ${name}`, path };
}

function cardOf(context: ResolveContext, kind: (typeof sectionKinds)[number], item: DraftItem | undefined) {
  const { catalog } = context;
  if (item?.from?.node.kind === "name") return catalog.get("format", item.from.node.text);
  const segments = item?.label?.segments.map(({ text }) => text) ?? [];
  const name = kind === "model" ? segments[0] : item?.label?.text;
  if (item?.from && name !== undefined && isOwnKind(kind))
    return cardOfFile(context, kind, name, item, item.from);
  return catalog.get(kind, name ?? defaultLabels[kind] ?? "");
}

/** The options below a type: of a component, those of every component of its kind that has the key. */
function optionsOf({ catalog }: ResolveContext, type: OptionType, segment: string): Options {
  switch (type.is) {
    case "block":
      return type.options;
    case "map":
      return { [segment]: { type: type.of, doc: "" } };
    case "component":
      return Object.assign({}, ...catalog.ofKind(type.of).map(({ options }) => options));
    default:
      return {};
  }
}
