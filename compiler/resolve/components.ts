import type { Option } from "../../runtime/card.ts";
import { describeType } from "../catalog/index.ts";
import { didYouMean, someOfNames, suggestionsFor } from "../diagnostics/index.ts";
import { placeIn, renameFixes } from "../program/index.ts";
import type { Owner, ResolveContext } from "./context.ts";
import type { Draft } from "./draft.ts";
import { replacementFix } from "./edits.ts";
import { OptionSet, type Presets } from "./options.ts";
import type { Origin, Place, Resolved } from "./resolved.ts";
import { describeRaw, type Raw, type RawCall, type RawName } from "./values/raw.ts";

/** A component written as a name or a call, with `overrides` of its options from a block. */
export function componentOf(
  context: ResolveContext,
  raw: Raw,
  key: string,
  option: Option,
  origin: Origin,
  overrides: Draft,
): Resolved | undefined {
  const { diagnostics } = context;
  if (option.type.is !== "component") return undefined;
  const kind = option.type.of;
  if (raw.kind !== "name" && raw.kind !== "call") {
    const isName = raw.kind === "string" && !raw.declared && raw.value !== undefined;
    const isKnown = isName && context.catalog.get(kind, raw.value ?? "") !== undefined;
    const fixes = isKnown ? [replacementFix(raw.place, raw.value ?? "", "Remove the quotes", "safe")] : [];
    const names = { subject: `\`${key}\``, expected: describeType(option.type), found: describeRaw(raw) };
    diagnostics.report("LV2101", names, raw.place, { fixes });
    return undefined;
  }
  const name = raw.path.text;
  const card = context.catalog.get(kind, name);
  if (context.processors.isLost(kind, name)) return undefined;
  if (!card) {
    const names = context.catalog.names(kind);
    const near = suggestionsFor(name, names);
    const notes = near.length > 0 ? didYouMean(near) : [`There is ${someOfNames(names, "and")}.`];
    const place = placeIn(raw.scope, raw.path);
    diagnostics.report("LV2007", { kind, name }, place, { notes, fixes: renameFixes(raw.path, near) });
    return undefined;
  }
  const draft: Draft = context.processors.presetsOf(card);
  for (const [one, item] of argumentsOf(context, raw, origin)) draft.set(one, item);
  for (const [one, item] of overrides) draft.set(one, item);
  const owner = ownerOf(card, raw.place);
  const options = new OptionSet(context, owner, card.options, draft).all();
  return { kind: "component", card, options, option, type: option.type, origin, written: raw.place };
}

/** A component that a card gives as a default. */
export function componentFromPlain(
  context: ResolveContext,
  { name, options }: { readonly name: string; readonly options: Presets },
  option: Option,
  origin: Origin,
  overrides: Draft,
  place: Place,
): Resolved | undefined {
  const card = option.type.is === "component" ? context.catalog.get(option.type.of, name) : undefined;
  if (!card) return undefined;
  const set = new OptionSet(context, ownerOf(card, place), card.options, overrides, options);
  return {
    kind: "component",
    card,
    options: set.all(),
    option,
    type: option.type,
    origin,
    written: undefined,
  };
}

const ownerOf = (card: Owner["card"], place: Place): Owner => ({
  card,
  variant: undefined,
  described: `${card.kind} \`${card.name}\``,
  path: undefined,
  section: undefined,
  place,
});

/** The named arguments of a call as items. */
function argumentsOf(context: ResolveContext, call: RawCall | RawName, origin: Origin): Draft {
  const draft: Draft = new Map();
  if (call.kind !== "call") return draft;
  for (const argument of call.arguments) {
    const { name, value } = argument;
    const whole = placeIn(call.scope, argument);
    if (!name) {
      const problem = `arguments of \`${call.path.text}\` need a name: \`image_size = 384px\``;
      context.diagnostics.report("LV2111", { problem }, whole);
      continue;
    }
    const header = placeIn(call.scope, name);
    if (draft.has(name.text)) {
      context.diagnostics.report("LV2013", { key: name.text }, header);
      continue;
    }
    const own: Origin = "place" in origin ? { ...origin, place: whole } : origin;
    draft.set(name.text, {
      name: name.text,
      label: undefined,
      header,
      whole,
      body: undefined,
      docs: "",
      origin: own,
      value: { expression: value, scope: call.scope, origin: own },
      block: undefined,
    });
  }
  return draft;
}
