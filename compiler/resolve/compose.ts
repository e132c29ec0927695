import {
  type Block,
  docText,
  type Entry,
  type Fragment,
  type Item,
  isMissing,
  type Name,
  type Recipe,
  type Remove,
  type Section,
  type Span,
  type Use,
} from "../../grammar/index.ts";
import { isSectionKind } from "../catalog/index.ts";
import {
  type DiagnosticCollector,
  didYouMean,
  labelAt,
  someOfNames,
  suggestionsFor,
} from "../diagnostics/index.ts";
import { isOwnKind, isOwnProcessorKind } from "../own/index.ts";
import { type Declared, namesOfKinds, placeIn, renameFixes, type SourceFile } from "../program/index.ts";
import {
  type Draft,
  type DraftItem,
  type DraftSource,
  inherit,
  isDatasetKey,
  itemKey,
  sizeOf,
} from "./draft.ts";
import { removalFix } from "./edits.ts";
import type { Origin, Place } from "./resolved.ts";

/** A recipe may extend another, that a third one, … this many times. */
const maxBases = 100;
/** A fragment may use another, that a third one, … this many times. */
const maxFragments = 200;
/** Fragments that use fragments twice each multiply, and so do large recipes that many extend: so many items come in. */
const maxSpliced = 200_000;

/** What a block is spliced into, and who wrote it. */
interface Layer {
  readonly file: SourceFile;
  /** The kind of section or the key that the block belongs to; "recipe" for a recipe's own. */
  readonly target: string;
  readonly originAt: (place: Place) => Origin;
  /** The fragments that are being spliced, outermost first. */
  readonly fragments: readonly Declared<Fragment>[];
  /** The recipe that the block is part of, to which a section in a section belongs. */
  readonly recipe: Draft;
}

/** A recipe put together from the recipe that it extends, its fragments, and its own items. */
export interface Composition {
  readonly draft: Draft;
  /** The recipes that it extends, nearest first. */
  readonly bases: readonly Declared<Recipe>[];
  /** Whether all that it extends and uses was found: otherwise what it lacks may be there. */
  readonly isWhole: boolean;
}

/** Puts recipes together, by the rules of precedence: base recipe, then fragments in order, then own keys. */
export class Composer {
  readonly #diagnostics: DiagnosticCollector;
  /** Recipes of circles that were reported: a circle is one mistake, wherever one enters it. */
  readonly #circular = new Set<Recipe>();
  /** What has been put together, so that a recipe that several extend costs once. */
  readonly #compositions = new Map<Recipe, Composition>();
  /** The fragments that something has used so far, and those that were gone through without. */
  readonly #visited = new Set<Fragment>();
  /** How many bases and fragments were not found so far. */
  #numLost = 0;
  /** How many items fragments and base recipes have brought in so far, those of theirs each time. */
  #numSpliced = 0;

  constructor(diagnostics: DiagnosticCollector) {
    this.#diagnostics = diagnostics;
  }

  /** The recipe put together; `extending` are the recipes that extend this one, outermost first. */
  compose(recipe: Declared<Recipe>, extending: readonly Declared<Recipe>[] = []): Composition {
    const known = this.#compositions.get(recipe.declaration);
    if (known) return known;
    const composition = this.#compose(recipe, extending);
    this.#compositions.set(recipe.declaration, composition);
    return composition;
  }

  /**
   * Goes through the fragments that no recipe has used: what they use must be there and be for its place, and none may
   * come back to itself. Returns them.
   */
  visitUnused(fragments: readonly Declared<Fragment>[]): readonly Declared<Fragment>[] {
    const unused = fragments.filter(({ declaration }) => !this.#visited.has(declaration));
    for (const fragment of unused) if (!this.#visited.has(fragment.declaration)) this.#visit(fragment);
    return unused;
  }

  /** Goes through what a fragment uses, what that uses, … as far as nothing has used it. */
  #visit(first: Declared<Fragment>): void {
    const open = [this.#enter(first)];
    for (let at = open.at(-1); at; at = open.at(-1)) {
      const next = at.uses.next();
      if (next.done) {
        open.pop();
        continue;
      }
      const { item, target } = next.value;
      const { file } = at.fragment;
      const used = this.#findFragment(item.fragment, file, target);
      if (!used) continue;
      if (!this.#visited.has(used.declaration)) open.push(this.#enter(used));
      else {
        const around = open.map(({ fragment }) => fragment);
        this.#isCircular(used, around, placeIn(file, item.fragment));
      }
    }
  }

  #enter(fragment: Declared<Fragment>) {
    const { target, block } = fragment.declaration;
    this.#visited.add(fragment.declaration);
    return { fragment, uses: usesIn(block, target.text) };
  }

  #compose(recipe: Declared<Recipe>, extending: readonly Declared<Recipe>[]): Composition {
    const { declaration, file } = recipe;
    const numLost = this.#numLost;
    const base = declaration.base && this.#base(recipe, declaration.base, [...extending, recipe]);
    const draft: Draft = base ? inherit(base.composition.draft) : new Map();
    const originAt = (place: Place): Origin => ({
      kind: "recipe",
      recipe: declaration.name.text,
      inherited: false,
      place,
    });
    this.#apply(draft, declaration.block, { file, target: "recipe", originAt, fragments: [], recipe: draft });
    const bases = base ? [base.recipe, ...base.composition.bases] : [];
    const isWhole = this.#numLost === numLost && (base?.composition.isWhole ?? true);
    return { draft, bases, isWhole };
  }

  #base(
    { file }: Declared<Recipe>,
    name: Name,
    extending: readonly Declared<Recipe>[],
  ): { readonly recipe: Declared<Recipe>; readonly composition: Composition } | undefined {
    const found = file.names.get(name.text);
    if (found?.declaration.kind !== "recipe") {
      this.#numLost++;
      this.#reportUnknown("LV2018", file, name, "recipe");
      return undefined;
    }
    const recipe = { declaration: found.declaration, file: found.file };
    const start = extending.findIndex(({ declaration }) => declaration === recipe.declaration);
    if (start >= 0) {
      const around = extending.slice(start);
      const cycle = [...around, recipe].map((one) => one.declaration.name.text);
      const isReported = around.some(({ declaration }) => this.#circular.has(declaration));
      for (const { declaration } of around) this.#circular.add(declaration);
      this.#numLost++;
      if (isReported) return undefined;
      this.#diagnostics.report("LV2019", { cycle: cycle.join(" → ") }, placeIn(file, name));
      return undefined;
    }
    const composition = extending.length > maxBases ? undefined : this.compose(recipe, extending);
    if (composition && composition.bases.length < maxBases)
      return this.#bringIn(sizeOf(composition.draft), placeIn(file, name))
        ? { recipe, composition }
        : undefined;
    this.#numLost++;
    const limit = { what: `the recipes that \`${name.text}\` extends`, limit: maxBases };
    this.#diagnostics.report("LV2060", limit, placeIn(file, name));
    return undefined;
  }

  /** Lays a block over a draft: fragments, then removals, then own keys and sections. */
  #apply(draft: Draft, block: Block, layer: Layer): void {
    for (const item of ofKind(block, "use")) this.#use(draft, item, layer);
    for (const item of ofKind(block, "remove")) this.#remove(draft, item, layer);
    const own = new Map<string, Entry | Section>();
    const hoisted: Section[] = [];
    for (const item of block.items) {
      if (item.kind !== "entry" && item.kind !== "section") continue;
      const name = item.kind === "entry" ? item.key : item.sectionKind;
      if (isMissing(name)) continue;
      if (item.kind === "section" && layer.target !== "recipe" && isOfRecipe(item)) {
        hoisted.push(item);
        continue;
      }
      const key = this.#keyOf(draft, item, name.text);
      const first = own.get(key);
      if (first) {
        this.#reportDuplicate(first, item, layer);
        continue;
      }
      own.set(key, item);
      if (item.kind === "entry") this.#set(draft, key, item, layer);
      else this.#open(draft, key, item, layer);
    }
    this.#hoist(hoisted, layer);
  }

  /** Sections inside of a section, as where a brace is missing: one mistake, and they are the recipe's all the same. */
  #hoist(sections: readonly Section[], layer: Layer): void {
    const [first] = sections;
    if (!first) return;
    const names = { section: first.sectionKind.text, target: layer.target };
    this.#diagnostics.report("LV2035", names, placeIn(layer.file, first.sectionKind));
    for (const section of sections) {
      const key = this.#keyOf(layer.recipe, section, section.sectionKind.text);
      this.#open(layer.recipe, key, section, { ...layer, target: "recipe" });
    }
  }

  /** A `dataset` without a name is the inherited one, if there is one. */
  #keyOf(draft: Draft, item: Entry | Section, name: string): string {
    if (item.kind === "entry") return name;
    const datasets = name === "dataset" && !item.label ? [...draft.keys()].filter(isDatasetKey) : [];
    const [only] = datasets;
    return only !== undefined && datasets.length === 1 ? only : itemKey(name, item.label);
  }

  #set(draft: Draft, key: string, entry: Entry, layer: Layer): void {
    const whole = placeIn(layer.file, entry);
    const origin = layer.originAt(whole);
    draft.set(key, {
      name: entry.key.text,
      label: undefined,
      header: placeIn(layer.file, entry.key),
      whole,
      body: undefined,
      docs: docText(entry),
      origin,
      value: { expression: entry.value, scope: layer.file, origin },
      block: undefined,
    });
  }

  /** Merges a section into one of the same label; another label replaces it. */
  #open(draft: Draft, key: string, section: Section, layer: Layer): void {
    const { file } = layer;
    const target = section.sectionKind.text;
    const from = section.from && {
      node: section.from,
      place: placeIn(file, section.from),
      directory: file.directory,
    };
    if (from) this.#reportSource(section, from);
    const before = draft.get(key);
    const isSameLabel =
      before && (!section.label || !before.label || section.label.text === before.label.text);
    const isSame = isSameLabel && (!from || !before.from || isSameSource(from, before.from));
    const kept: DraftItem | undefined = isSame ? before : undefined;
    const inside: Draft = kept?.block ?? new Map();
    if (section.block) this.#apply(inside, section.block, { ...layer, target });
    const header = {
      start: section.sectionKind.span.start,
      end: (section.label ?? section.sectionKind).span.end,
    };
    const whole = placeIn(file, section);
    draft.set(key, {
      name: target,
      label: section.label ?? kept?.label,
      header: { source: file.source, span: header },
      whole,
      body: section.block ? insideOf(section.block.span) : undefined,
      docs: docText(section) || (kept?.docs ?? ""),
      origin: layer.originAt(whole),
      value: kept?.value,
      block: inside,
      from: from ?? kept?.from,
    });
  }

  #use(draft: Draft, { fragment: name }: Use, layer: Layer): void {
    const { file, target, fragments } = layer;
    const fragment = this.#findFragment(name, file, target);
    if (!fragment || this.#isCircular(fragment, fragments, placeIn(file, name))) return;
    this.#visited.add(fragment.declaration);
    if (fragments.length >= maxFragments) {
      this.#numLost++;
      const limit = { what: `the fragments that \`${name.text}\` is used through`, limit: maxFragments };
      this.#diagnostics.report("LV2060", limit, placeIn(file, name));
      return;
    }
    if (!this.#bringIn(1 + fragment.declaration.block.items.length, placeIn(file, name))) return;
    const originAt = (place: Place): Origin => ({ kind: "fragment", fragment: name.text, place });
    const inner = { ...layer, file: fragment.file, originAt, fragments: [...fragments, fragment] };
    this.#apply(draft, fragment.declaration.block, inner);
  }

  /** The fragment that is used in a block of the kind `target`; undefined where there is none for it, which is reported. */
  #findFragment(name: Name, file: SourceFile, target: string): Declared<Fragment> | undefined {
    const found = file.names.get(name.text);
    if (found?.declaration.kind !== "fragment") {
      this.#numLost++;
      this.#reportUnknown("LV2015", file, name, "fragment");
      return undefined;
    }
    const fragment = { declaration: found.declaration, file: found.file };
    const wanted = fragment.declaration.target;
    if (wanted.text === target || isMissing(wanted)) return fragment;
    this.#visited.add(fragment.declaration);
    const labels = [labelAt(placeIn(fragment.file, wanted), "declared for this")];
    const names = { name: name.text, target: wanted.text, place: target };
    this.#diagnostics.report("LV2016", names, placeIn(file, name), { labels });
    return undefined;
  }

  /** Whether a fragment is one of those that are being spliced, which is reported. */
  #isCircular(fragment: Declared<Fragment>, open: readonly Declared<Fragment>[], place: Place): boolean {
    const start = open.findIndex(({ declaration }) => declaration === fragment.declaration);
    if (start < 0) return false;
    const cycle = [...open.slice(start), fragment].map((one) => one.declaration.name.text);
    this.#diagnostics.report("LV2017", { cycle: cycle.join(" → ") }, place);
    return true;
  }

  /** Whether so many items more may be brought in; the first that may not are reported. */
  #bringIn(count: number, place: Place): boolean {
    const isWithin = this.#numSpliced <= maxSpliced;
    this.#numSpliced += count;
    if (this.#numSpliced <= maxSpliced) return true;
    this.#numLost++;
    const limit = { what: "the items that fragments and base recipes bring in", limit: maxSpliced };
    if (isWithin) this.#diagnostics.report("LV2060", limit, place);
    return false;
  }

  #remove(draft: Draft, remove: Remove, { file }: Layer): void {
    const { target, label } = remove;
    if (isMissing(target)) return;
    const key = label ? `${target.text} ${label.text}` : target.text;
    const found = draft.get(key) ?? draft.get(target.text);
    if (found && (!label || key === itemKey(found.name, found.label) || found.label?.text === label.text)) {
      draft.delete(draft.has(key) ? key : target.text);
      return;
    }
    const near = suggestionsFor(key, draft.keys());
    const datasets = [...draft.keys()].filter(isDatasetKey);
    const isUnclear = key === "dataset" && datasets.length > 0;
    const place = placeIn(file, remove);
    this.#diagnostics.report("LV2020", { target: key }, place, {
      notes: isUnclear ? [`Say which: ${someOfNames(datasets)}.`] : didYouMean(near),
      fixes: [removalFix(place, "Remove this line", "safe")],
    });
  }

  #reportDuplicate(first: Entry | Section, second: Entry | Section, { file }: Layer): void {
    const labels = [labelAt(placeIn(file, nameOf(first)), "first given here")];
    if (second.kind === "entry") {
      const place = placeIn(file, second.key);
      this.#diagnostics.report("LV2013", { key: second.key.text }, place, {
        labels,
        fixes: [removalFix(placeIn(file, second), "Remove this one", "unsafe")],
      });
      return;
    }
    const section = itemKey(second.sectionKind.text, second.label);
    const place = placeIn(file, second.sectionKind);
    this.#diagnostics.report("LV2014", { section }, place, { labels });
  }

  #reportUnknown(code: "LV2015" | "LV2018", file: SourceFile, name: Name, kind: "fragment" | "recipe"): void {
    if (isMissing(name) || file.lostNames.has(name.text)) return;
    const near = suggestionsFor(name.text, namesOfKinds(file, kind));
    this.#diagnostics.report(code, { name: name.text }, placeIn(file, name), {
      notes: didYouMean(near),
      fixes: renameFixes(name, near),
    });
  }

  #reportSource({ sectionKind }: Section, { node, place }: DraftSource): void {
    if (node.kind === "missing" || (node.kind === "name" && isMissing(node))) return;
    const section = sectionKind.text;
    if (node.kind === "name") {
      if (section !== "dataset") this.#diagnostics.report("LV2203", { section, format: node.text }, place);
    } else if (!isOwnKind(section)) this.#diagnostics.report("LV2311", { section }, place);
  }
}

/** Whether two sources name one format, or one file. */
function isSameSource(a: DraftSource, b: DraftSource): boolean {
  const [one, other] = [a, b].map(({ place: { source, span } }) => source.slice(span));
  return one === other && (a.node.kind === "name" || a.directory === b.directory);
}

/** Whether a section belongs to a recipe's own block: a processor there has a file of the user's. */
const isOfRecipe = ({ sectionKind: { text }, from }: Section): boolean =>
  isSectionKind(text) || (isOwnProcessorKind(text) && from?.kind === "string");

const nameOf = (item: Entry | Section): Name => (item.kind === "entry" ? item.key : item.sectionKind);

function ofKind<K extends Item["kind"]>(block: Block, kind: K): readonly Extract<Item, { kind: K }>[] {
  return block.items.filter((item): item is Extract<Item, { kind: K }> => item.kind === kind);
}

/** What a block uses, with the kind of the block that it stands in, nested blocks included. */
function* usesIn(block: Block, target: string): Generator<Placed<Use>, undefined> {
  for (const item of block.items) {
    if (item.kind === "use") yield { item, target };
    else if (item.kind === "section" && item.block) yield* usesIn(item.block, item.sectionKind.text);
  }
}

/** An item with the kind of the block that it stands in. */
interface Placed<I extends Item> {
  readonly item: I;
  readonly target: string;
}

const insideOf = ({ start, end }: Span): Span => ({ start: start + 1, end: Math.max(start + 1, end - 1) });
