/**
 * What the catalogue knows about a place in a recipe: which keys the block around it takes, and what type of
 * value is wanted there. It is read from the tree, so that it holds for half-typed text too.
 */

import type { Block, Call, Name, Node, Path, Section } from "../../grammar/index.ts";
import type { Card, Option, Options, OptionType } from "../../runtime/card.ts";
import { type Catalog, defaultLabels, isSectionKind, type SectionKind } from "../catalog/index.ts";
import { isOwnProcessorKind, type OwnProcessorKind } from "../own/index.ts";
import { type PartialRecipe, sectionsOf } from "../resolve/resolved.ts";

/** What a block, or the arguments of a call, can hold. */
export type Slot =
  | { readonly kind: "recipe"; readonly path: string }
  /** Keys of cards; `presets` are defaults that a model's variant gives. */
  | {
      readonly kind: "options";
      readonly options: Options;
      readonly presets: Readonly<Record<string, unknown>>;
      /** In words: "schedule constant_lr". */
      readonly owner: string;
      readonly path: string;
    }
  /** Keys of the user's, all of one type. */
  | { readonly kind: "entries"; readonly option: Option; readonly type: OptionType; readonly path: string };

/** The type of value that is wanted at a place. */
export interface Wanted {
  readonly key: string;
  readonly option: Option;
  readonly type: OptionType;
}

/** A place with what is around it. */
export interface TreePlace {
  /** The nodes around, outermost first; the last is the innermost. */
  readonly nodes: readonly Node[];
  /** The recipe or fragment around. */
  readonly declaration: Name | undefined;
  readonly slot: Slot | undefined;
  /** The innermost block around. */
  readonly block: Block | undefined;
  readonly wanted: Wanted | undefined;
}

/** What places are read with; the recipes may be those of a somewhat older text. */
export interface Knowledge {
  readonly catalog: Catalog;
  readonly recipes: readonly PartialRecipe[];
}

/** Reads a path of nodes (see `pathTo` of the grammar). */
export function readPlace(nodes: readonly Node[], knowledge: Knowledge): TreePlace {
  let declaration: Name | undefined;
  let slot: Slot | undefined;
  let block: Block | undefined;
  let wanted: Wanted | undefined;
  nodes.forEach((node, at) => {
    const next = nodes[at + 1];
    switch (node.kind) {
      case "recipe":
        declaration = node.name;
        if (next === node.block) slot = { kind: "recipe", path: "" };
        break;
      case "fragment":
        declaration = node.name;
        if (next === node.block) slot = slotFor(node.target.text, knowledge);
        break;
      case "block":
        block = node;
        break;
      case "section":
        if (next !== undefined && next === node.block)
          slot = slot && enterSection(slot, node, declaration, knowledge);
        break;
      case "entry":
        wanted = next === node.value ? wantedFor(slot, node.key.text) : undefined;
        break;
      case "call":
        slot = next?.kind === "argument" ? argumentsOf(node, wanted, knowledge) : slot;
        break;
      case "argument":
        wanted = next === node.value && node.name ? wantedFor(slot, node.name.text) : undefined;
        break;
      case "list":
        wanted = wanted?.type.is === "list" ? { ...wanted, type: wanted.type.of } : wanted;
        break;
      case "interpolation":
        wanted = undefined;
        break;
    }
  });
  return { nodes, declaration, slot, block, wanted };
}

/** The keys and values of the section or the key that a fragment is for. */
function slotFor(target: string, knowledge: Knowledge): Slot | undefined {
  if (target === "recipe") return { kind: "recipe", path: "" };
  if (isSectionKind(target)) return slotOfCards(target, knowledge.catalog.ofKind(target), target);
  for (const card of knowledge.catalog.all()) {
    const option = findOption(card.options, target);
    if (option) return slotInside(option, option.type, target, target, knowledge);
  }
  return undefined;
}

/** The option of a name that has keys of its own, at any depth. */
function findOption(options: Options, name: string): Option | undefined {
  const own = Object.hasOwn(options, name) ? options[name] : undefined;
  if (own && ["block", "map", "component"].includes(own.type.is)) return own;
  for (const { type } of Object.values(options)) {
    const inner = type.is === "block" ? findOption(type.options, name) : undefined;
    if (inner) return inner;
  }
  return undefined;
}

function enterSection(
  slot: Slot,
  { sectionKind, label, from }: Section,
  declaration: Name | undefined,
  knowledge: Knowledge,
): Slot | undefined {
  const key = sectionKind.text;
  if (slot.kind === "recipe") {
    if (isOwnProcessorKind(key)) return slotOfProcessor(key, label, knowledge);
    if (!isSectionKind(key)) return undefined;
    const found = cardsOf(key, label, declaration?.text, knowledge, from);
    const path = key === "dataset" ? `dataset.${found.label ?? ""}` : key;
    return slotOfCards(key, found.cards, path, found.variant);
  }
  const inner = optionAt(slot, key);
  return inner && slotInside(inner, inner.type, key, `${slot.path}.${key}`, knowledge);
}

/** The options of a processor of the user's own, where it is declared. */
function slotOfProcessor(
  kind: OwnProcessorKind,
  label: Path | undefined,
  { catalog }: Knowledge,
): Slot | undefined {
  const card = label && catalog.get(kind, label.text);
  return card && slotOfCards(kind, [card], `${kind}.${card.name}`);
}

function slotOfCards(
  kind: SectionKind | OwnProcessorKind,
  cards: readonly Card[],
  path: string,
  variant?: string,
): Slot {
  const [only, ...others] = cards;
  const presets = variant === undefined ? undefined : only?.variants?.[variant]?.options;
  const owner = only && others.length === 0 && only.name !== kind ? `${kind} ${only.name}` : kind;
  return { kind: "options", options: joinOptions(cards), presets: presets ?? {}, owner, path };
}

/** The options of all cards; where several have one name, the first card's. */
const joinOptions = (cards: readonly Card[]): Options =>
  Object.assign({}, ...[...cards].reverse().map(({ options }) => options));

function slotInside(
  option: Option,
  type: OptionType,
  key: string,
  path: string,
  { catalog }: Knowledge,
): Slot | undefined {
  switch (type.is) {
    case "block":
      return { kind: "options", options: type.options, presets: {}, owner: key, path };
    case "map":
      return { kind: "entries", option, type: type.of, path };
    case "component": {
      const options = joinOptions(catalog.ofKind(type.of));
      return { kind: "options", options, presets: {}, owner: key, path };
    }
    default:
      return undefined;
  }
}

/** The option that a key of a slot stands for. */
export function optionAt(slot: Slot | undefined, key: string): Option | undefined {
  switch (slot?.kind) {
    case "options":
      return Object.hasOwn(slot.options, key) ? slot.options[key] : undefined;
    case "entries":
      return { type: slot.type, doc: slot.option.doc };
    default:
      return undefined;
  }
}

function wantedFor(slot: Slot | undefined, key: string): Wanted | undefined {
  const option = optionAt(slot, key);
  if (!option) return undefined;
  const { type } = option;
  if (type.is !== "block" || type.shorthand === undefined) return { key, option, type };
  const short = type.options[type.shorthand];
  return short && { key, option: short, type: short.type };
}

function argumentsOf({ callee }: Call, wanted: Wanted | undefined, { catalog }: Knowledge): Slot | undefined {
  const kind = wanted?.type.is === "component" ? wanted.type.of : undefined;
  const card = kind && catalog.get(kind, callee.text);
  if (!card) return undefined;
  return {
    kind: "options",
    options: card.options,
    presets: {},
    owner: `${card.kind} ${card.name}`,
    path: wanted?.key ?? "",
  };
}

interface FoundCards {
  readonly cards: readonly Card[];
  readonly label: string | undefined;
  readonly variant: string | undefined;
}

/**
 * The cards that a section may be of: that of its format, the one it names, the one it inherits, the default one, or
 * all of its kind.
 */
export function cardsOf(
  kind: SectionKind,
  label: Path | undefined,
  recipe: string | undefined,
  { catalog, recipes }: Knowledge,
  from?: Section["from"],
): FoundCards {
  const format = from?.kind === "name" ? catalog.get("format", from.text) : undefined;
  if (format) return { cards: [format], label: label?.text, variant: undefined };
  const [first, second] = label?.segments ?? [];
  const name = kind === "model" ? first?.text : label?.text;
  const named = name === undefined ? undefined : catalog.get(kind, name);
  if (named) return { cards: [named], label: label?.text, variant: second?.text };
  const around = recipes.find((one) => one.name === recipe);
  const resolved = (around ? sectionsOf(around) : []).filter((section) => section.kind === kind);
  const same = label ? resolved.find((section) => section.label === label.text) : resolved[0];
  if (same) return { cards: [same.card], label: same.label, variant: same.variant };
  const usual = label ? undefined : catalog.get(kind, defaultLabels[kind] ?? "");
  return { cards: usual ? [usual] : catalog.ofKind(kind), label: label?.text, variant: undefined };
}

/** The keys and section kinds that a block has already, but for the item at the cursor. */
export function takenKeys(block: Block, except: Node | undefined): ReadonlySet<string> {
  const items = block.items.filter((item) => item !== except);
  return new Set(
    items.flatMap((item) => {
      if (item.kind === "entry") return [item.key.text];
      return item.kind === "section" ? [item.sectionKind.text] : [];
    }),
  );
}

/** The path of a key of a recipe as `lavisc explain` writes it: `schedule.init_lr`. */
export function pathOfKey({ slot }: TreePlace, key: string): string {
  if (!slot || slot.kind === "recipe") return key;
  return `${slot.path}.${key}`;
}

/** The innermost node of a kind around a place. */
export function around<K extends Node["kind"]>(
  { nodes }: Pick<TreePlace, "nodes">,
  kind: K,
): Extract<Node, { kind: K }> | undefined {
  return nodes.findLast((node): node is Extract<Node, { kind: K }> => node.kind === kind);
}
