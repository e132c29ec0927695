import { docText, type Recipe } from "../../grammar/index.ts";
import type { Card } from "../../runtime/card.ts";
import {
  defaultLabels,
  isSectionKind,
  lavisNames,
  lavisSections,
  type SectionKind,
  sectionKinds,
} from "../catalog/index.ts";
import { didYouMean, oneOfNames, someOfNames, suggestionsFor } from "../diagnostics/index.ts";
import { isOwnKind, isOwnProcessorKind } from "../own/index.ts";
import { type Declared, placeIn, renameFixes } from "../program/index.ts";
import { CardDefaults } from "./card-defaults.ts";
import type { Composition } from "./compose.ts";
import { cardNameOf, type Owner, type ResolveContext, type SectionInUse } from "./context.ts";
import { copyOf, type Draft, type DraftItem, type DraftSource, labelPlace } from "./draft.ts";
import { nameIn, removalEdits, replacementFix } from "./edits.ts";
import { cardOfFormat, ownDataKeys, ownDataNote } from "./formats.ts";
import { OptionSet } from "./options.ts";
import { cardOfFile, findProcessors } from "./own.ts";
import type { Origin, PartialRecipe, Place, Resolved, ResolvedSection } from "./resolved.ts";
import { applySetting } from "./settings.ts";
import { reportElsewhere, reportLavisSpelling } from "./unknown-key.ts";

/** A section whose card is known. */
interface Section {
  readonly kind: SectionKind;
  readonly label: string;
  readonly card: Card;
  readonly variant: string | undefined;
  readonly item: DraftItem | undefined;
  readonly options: OptionSet;
}

/** What a recipe is resolved with, beside its own composition. */
export type Surroundings = Pick<
  ResolveContext,
  "catalog" | "host" | "own" | "diagnostics" | "evaluator" | "typer"
> & {
  /** `--set` as given, in order. */
  readonly sets: readonly string[];
  readonly isBase: boolean;
};

/** The sections of a recipe; its parameters and secrets are collected afterwards. */
export type RecipeSections = Omit<PartialRecipe, "parameters" | "secrets">;

/** Resolves a composed recipe: finds the card of each section, then types every option. */
export function resolveRecipe(
  { declaration, file }: Declared<Recipe>,
  { draft: composed, bases, isWhole }: Composition,
  surroundings: Surroundings,
): RecipeSections {
  const place = placeIn(file, declaration.name);
  const mayLack = surroundings.isBase || !isWhole;
  const processors = findProcessors(composed, surroundings);
  const own = { ...surroundings, processors, catalog: processors.catalog };
  const resolver = new RecipeResolver(own, declaration.name.text, file.directory, place, mayLack);
  // Recipes that extend this one share the composition, and take settings of their own.
  const draft = surroundings.sets.length > 0 ? copyOf(composed) : composed;
  for (const text of surroundings.sets) applySetting(resolver.context, draft, text, file.names);
  resolver.findSections(draft);
  const one = <K extends SectionKind>(kind: K) => resolver.resolve(kind)[0];
  return {
    name: declaration.name.text,
    docs: docText(declaration),
    place,
    bases: bases.map((base) => base.declaration.name.text),
    isBase: surroundings.isBase,
    task: one("task"),
    model: one("model"),
    datasets: resolver.resolve("dataset"),
    schedule: one("schedule"),
    optimizer: one("optimizer"),
    run: one("run"),
    processors: processors.cards,
  };
}

class RecipeResolver {
  readonly context: ResolveContext;
  readonly #place: Place;
  /** Whether what the recipe has not is no mistake of it. */
  readonly #mayLack: boolean;
  readonly #sections: Section[] = [];
  /** The section that a path means, by its kind, or of datasets, by its card: the first one. */
  readonly #firstOf = new Map<SectionKind | Card, Section>();
  #defaults = new CardDefaults([]);
  /** Kinds with a section whose card is not known: nothing can be said about what follows it. */
  readonly #unknown = new Set<SectionKind>();

  constructor(
    surroundings: Surroundings & Pick<ResolveContext, "processors">,
    name: string,
    directory: string,
    place: Place,
    mayLack: boolean,
  ) {
    this.#place = place;
    this.#mayLack = mayLack;
    this.context = {
      ...surroundings,
      recipe: { name, directory },
      mustBeComplete: () => !this.#mayLack && this.#unknown.size === 0,
      cardsInUse: () => this.#sections.map(inUse),
      defaultFor: (path, name, owner) => this.#defaults.find(path, name, owner),
      lookUp: (path, owner) => this.#lookUp(path, owner),
    };
  }

  /** Finds the card of each section, before any option is typed: defaults follow options of other sections. */
  findSections(draft: Draft): void {
    for (const kind of sectionKinds) {
      const items = [...draft.values()].filter(({ name }) => name === kind);
      for (const item of items) {
        const section = this.#section(kind, item);
        if (section) this.#add(section);
        else this.#unknown.add(kind);
      }
      const label = items.length === 0 ? defaultLabels[kind] : undefined;
      const card = label === undefined ? undefined : this.context.catalog.get(kind, label);
      if (card) this.#add(this.#make(kind, card.name, card, undefined, undefined));
      else if (items.length === 0) {
        if (!isMisspelt(kind, draft)) this.#reportMissing(kind);
        this.#unknown.add(kind);
      }
    }
    this.#defaults = new CardDefaults(this.#sections);
    for (const item of draft.values()) {
      const isDeclared = isOwnProcessorKind(item.name) && item.from !== undefined;
      if (!isSectionKind(item.name) && !isDeclared) this.#reportUnknown(item);
    }
  }

  #add(section: Section): void {
    this.#sections.push(section);
    const key = section.kind === "dataset" ? section.card : section.kind;
    if (!this.#firstOf.has(key)) this.#firstOf.set(key, section);
  }

  /** The sections of a kind with every option typed. */
  resolve<K extends SectionKind>(kind: K): readonly ResolvedSection<K>[] {
    return this.#sections
      .filter((section) => section.kind === kind)
      .map(({ label, card, variant, item, options }) => ({
        kind,
        label,
        card,
        variant,
        options: options.all(),
        docs: item?.docs ?? "",
        origin: item?.origin ?? ({ kind: "default", card: cardNameOf({ card, variant }) } satisfies Origin),
        header: item?.header,
      }));
  }

  #section(kind: SectionKind, item: DraftItem): Section | undefined {
    const { diagnostics, catalog } = this.context;
    if (item.from && !isHad(kind, item.from)) return undefined;
    if (item.value) {
      const { expression, scope } = item.value;
      const isName = expression.kind === "reference";
      const text = isName ? `${kind} ${expression.path.text} {}` : `${kind} {}`;
      const fixes = isName ? [replacementFix(item.whole, text, `Write \`${text}\``, "safe")] : [];
      diagnostics.report(
        "LV2024",
        { key: kind },
        { source: scope.source, span: item.header.span },
        { fixes },
      );
      return undefined;
    }
    const { label } = item;
    if (kind === "run") {
      if (label) {
        const place = labelPlace(item);
        const { source, span } = item.header;
        const unnamed = { source, span: { start: span.start + "run".length, end: span.end } };
        const fixes = place === item.header ? [] : [replacementFix(unnamed, "", "Remove the name", "safe")];
        diagnostics.report("LV2022", { section: "run" }, place, { fixes });
      }
      const card = catalog.get("run", "run");
      return card && this.#make(kind, "run", card, undefined, item);
    }
    const fallback = defaultLabels[kind];
    const [name, ...rest] = label ? label.segments.map(({ text }) => text) : [fallback];
    if (name === undefined) {
      this.#reportMissingLabel(kind, item);
      return undefined;
    }
    const card = this.#card(kind, name, item);
    if (!card) return undefined;
    const variant = rest.join(".");
    if (kind === "model" && !item.from) {
      const known = this.#variant(card, variant, item);
      return known === undefined ? undefined : this.#make(kind, name, card, known, item);
    }
    if (variant === "") return this.#make(kind, name, card, undefined, item);
    this.#reportVariant(kind, name, variant, item);
    return undefined;
  }

  /** The card of a section: of the catalogue, a file of the user's, or a format. */
  #card(kind: SectionKind, name: string, item: DraftItem): Card | undefined {
    if (item.from)
      return isOwnKind(kind) && item.from.node.kind === "string"
        ? cardOfFile(this.context, kind, name, item, item.from)
        : cardOfFormat(this.context, name, item, item.from);
    const card = this.context.catalog.get(kind, name);
    if (!card) this.#reportUnknownCard(kind, kind === "model" ? name : (item.label?.text ?? name), item);
    return card;
  }

  /** A second name behind what has no variants; data of the user's own may take both as one. */
  #reportVariant(kind: SectionKind, name: string, variant: string, item: DraftItem): void {
    const place = labelPlace(item);
    const instead = item.from ? `${name}_${variant.replaceAll(".", "_")}` : name;
    const fixes = place === item.header ? [] : renameFixes(place, [instead]);
    const notes = ["Only models of the catalogue have variants; options tell everything else apart."];
    this.context.diagnostics.report("LV2008", { kind, name, variant }, place, { notes, fixes });
  }

  #variant(card: Card, variant: string, item: DraftItem): string | undefined {
    const names = Object.keys(card.variants ?? {});
    if (names.includes(variant)) return variant;
    const { diagnostics } = this.context;
    if (variant === "") {
      const notes = [`Write one of its variants: ${oneOfNames(names.map((one) => `${card.name}.${one}`))}.`];
      const missing = { section: `model ${card.name}`, what: "a variant" };
      diagnostics.report("LV2021", missing, item.header, { notes });
      return undefined;
    }
    const near = suggestionsFor(variant, names);
    const notes = near.length > 0 ? didYouMean(near) : [`Its variants are ${oneOfNames(names, "and")}.`];
    const segment = item.label?.segments[1];
    const span = segment && item.label ? { start: segment.span.start, end: item.label.span.end } : undefined;
    const place = labelPlace(item, span);
    const fixes = place === item.header ? [] : renameFixes(place, near);
    diagnostics.report("LV2008", { kind: "model", name: card.name, variant }, place, { notes, fixes });
    return undefined;
  }

  #make(
    kind: SectionKind,
    label: string,
    card: Card,
    variant: string | undefined,
    item: DraftItem | undefined,
  ): Section {
    const name = card.kind === "format" ? label : card.name;
    const title = variant === undefined ? name : `${name}.${variant}`;
    const owner: Owner = {
      card,
      variant,
      described: kind === "run" ? "`run`" : `${kind} \`${title}\``,
      path: kind,
      section: kind,
      place: item?.header ?? this.#place,
    };
    const isOwnData = item !== undefined && card.kind === "format";
    const draft = isOwnData ? ownDataKeys(this.context, card, item) : (item?.block ?? new Map());
    const options = new OptionSet(this.context, owner, card.options, draft);
    return { kind, label, card, variant, item, options };
  }

  #lookUp(path: string, owner: Card): Resolved | "absent" | undefined {
    const [kind = "", name = "", ...inner] = path.split(".");
    if (!isSectionKind(kind)) return "absent";
    const section = this.#firstOf.get(kind === "dataset" ? owner : kind);
    if (section) {
      const option = section.card.options[name];
      if (!option || option.own) return "absent";
      if (option.optional && !section.options.get(name)) return "absent";
      return inner.reduce<Resolved | undefined>(
        (value, key) => (value?.kind === "block" ? value.options.get(key) : undefined),
        section.options.get(name),
      );
    }
    return this.#unknown.has(kind) ? undefined : "absent";
  }

  #reportMissing(section: SectionKind): void {
    const { recipe, diagnostics, catalog } = this.context;
    if (this.#mayLack) return;
    const names = someOfNames(catalog.names(section), "and");
    const notes = [`Write \`${section} NAME { … }\`; there is ${names}.`];
    diagnostics.report("LV3001", { recipe: recipe.name, section }, this.#place, { notes });
  }

  #reportMissingLabel(kind: SectionKind, item: DraftItem): void {
    const { catalog, diagnostics } = this.context;
    const missing = { section: kind, what: "a name" };
    const written = ["arch", "model_type"].flatMap((key) => item.block?.get(key) ?? []);
    const names = written.flatMap(({ value }) => nameIn(value) ?? []);
    if (kind === "model" && names.length > 0) {
      const label = names.join(".");
      const notes = [`\`arch\` and \`model_type\` stand behind it: \`model ${label} { … }\`.`];
      const removals = removalEdits(written.map(({ whole }) => whole));
      const { source, span } = item.header;
      const insertion = { span: { start: span.end, end: span.end }, text: ` ${label}`, path: source.path };
      const title = `Write \`model ${label}\``;
      const fixes = [{ title, applicability: "safe" as const, edits: [insertion, ...removals] }];
      diagnostics.report("LV2021", missing, item.header, { notes, fixes });
      return;
    }
    const notes = [`There is ${someOfNames(catalog.names(kind), "and")}.`];
    diagnostics.report("LV2021", missing, item.header, { notes });
  }

  #reportUnknownCard(kind: SectionKind, name: string, item: DraftItem): void {
    const names = this.context.catalog.names(kind);
    const documented = lavisNames[kind] ?? {};
    const ours = Object.hasOwn(documented, name) ? documented[name] : undefined;
    const near = ours === undefined ? suggestionsFor(name, names) : [ours];
    const own = kind === "dataset" ? [ownDataNote(name)] : [];
    const notes = [
      ...(near.length > 0 ? didYouMean(near) : [`There is ${someOfNames(names, "and")}.`]),
      ...own,
    ];
    const place = labelPlace(item, kind === "model" ? item.label?.segments[0]?.span : item.label?.span);
    const fixes = place === item.header ? [] : renameFixes(place, near);
    this.context.diagnostics.report("LV2007", { kind, name }, place, { notes, fixes });
  }

  /** An item of the recipe's block that is no section. */
  #reportUnknown(item: DraftItem): void {
    const { diagnostics } = this.context;
    const spelling = Object.hasOwn(lavisSections, item.name) ? lavisSections[item.name] : undefined;
    if (spelling && !item.value) {
      const { ours, rename } = spelling;
      const name = { source: item.header.source, span: nameSpan(item) };
      const fixes = rename ? [replacementFix(name, rename, `Write \`${rename}\``, "unsafe")] : [];
      diagnostics.report("LV2011", { found: item.name, ours }, item.header, { fixes });
      return;
    }
    if (reportLavisSpelling(this.context, "", item)) return;
    if (reportElsewhere(this.context, "the recipe itself", item)) return;
    const near = suggestionsFor(item.name, sectionKinds);
    const fixes = renameFixes({ span: nameSpan(item) }, near);
    diagnostics.report("LV2006", { kind: item.name }, item.header, { notes: didYouMean(near), fixes });
  }
}

/** Whether a section can come from a source of this form: what cannot is reported where it is written. */
const isHad = (kind: SectionKind, { node }: DraftSource): boolean =>
  node.kind === "name" ? kind === "dataset" : node.kind === "string" && isOwnKind(kind);

/** Whether a recipe that lacks a section has one that is probably it, which is reported. */
const isMisspelt = (kind: SectionKind, draft: Draft): boolean =>
  [...draft.values()].some(({ name }) => {
    if (isSectionKind(name)) return false;
    const spelling = Object.hasOwn(lavisSections, name) ? lavisSections[name] : undefined;
    return (spelling?.rename ?? suggestionsFor(name, sectionKinds)[0]) === kind;
  });

const nameSpan = ({ header: { span }, name }: DraftItem) => ({
  start: span.start,
  end: span.start + name.length,
});

const inUse = ({ kind, card, item }: Section): SectionInUse => ({
  kind,
  card,
  header: item?.header,
  whole: item?.whole,
  body: item?.body,
  gives: (key) => item?.block?.has(key) ?? false,
});
