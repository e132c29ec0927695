import type { Fix } from "../../grammar/index.ts";
import type { Option, Options } from "../../runtime/card.ts";
import { componentFromPlain, componentOf } from "./components.ts";
import { type CardDefault, cardNameOf, elementOption, type Owner, type ResolveContext } from "./context.ts";
import { type Draft, type DraftItem, type DraftValue, labelPlace } from "./draft.ts";
import { replacementFix } from "./edits.ts";
import type { Origin, Resolved, Scalar } from "./resolved.ts";
import { reportUnknownKey } from "./unknown-key.ts";
import type { Raw } from "./values/raw.ts";
import { resolvePath } from "./values/scalars.ts";

/** Plain values that stand in for options that are not given, before the card's own defaults. */
export type Presets = Readonly<Record<string, unknown>>;

/**
 * The options of one section, nested block or component: each is typed when it is first asked for, because
 * defaults may follow options of other sections.
 */
export class OptionSet {
  readonly owner: Owner;
  readonly #context: ResolveContext;
  readonly #options: Options;
  readonly #draft: Draft;
  readonly #presets: Presets;
  readonly #resolved = new Map<string, Resolved | undefined>();
  /** Where the card's own defaults come from: one for all of them. */
  readonly #ownDefault: Origin;
  readonly #ownDefaults: OwnDefaults;

  constructor(context: ResolveContext, owner: Owner, options: Options, draft: Draft, presets: Presets = {}) {
    this.owner = owner;
    this.#context = context;
    this.#options = options;
    this.#draft = draft;
    this.#presets = presets;
    this.#ownDefaults = ownDefaultsOf(owner);
    this.#ownDefault = this.#ownDefaults.origin;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#options, name);
  }

  /** One option's value; undefined where it is wrong or missing, which is reported. */
  get(name: string): Resolved | undefined {
    if (this.#resolved.has(name)) return this.#resolved.get(name);
    this.#resolved.set(name, undefined);
    const option = Object.hasOwn(this.#options, name) ? this.#options[name] : undefined;
    const resolved = option && this.#resolve(name, option);
    this.#resolved.set(name, resolved);
    return resolved;
  }

  /** Every option, in the card's order; keys that are no options are reported. */
  all(): Map<string, Resolved> {
    for (const [key, item] of this.#draft)
      if (!this.has(key)) reportUnknownKey(this.#context, this.owner, this.#options, item);
    const all = new Map<string, Resolved>();
    for (const name of Object.keys(this.#options)) {
      const resolved = this.get(name);
      if (resolved) all.set(name, resolved);
    }
    return all;
  }

  #resolve(name: string, option: Option): Resolved | undefined {
    const item = this.#draft.get(name);
    if (!item && option.optional) return undefined;
    switch (option.type.is) {
      case "block":
        return this.#block(name, option, option.type, item);
      case "map":
        return this.#map(name, option, option.type, item);
      case "component":
        return this.#component(name, option, item);
      default:
        if (!item) return this.#default(name, option);
        if (item.value) return this.#value(name, option, item.value);
        this.#context.diagnostics.report("LV2023", { key: name }, item.header, {
          fixes: assigned(name, item),
        });
        return undefined;
    }
  }

  #value(name: string, option: Option, { expression, scope, origin }: DraftValue): Resolved | undefined {
    const raw = this.#context.evaluator.evaluate(expression, scope);
    return this.#typed(raw, `\`${name}\``, option, origin);
  }

  /** A raw value as the option's type. */
  #typed(raw: Raw, subject: string, option: Option, origin: Origin): Resolved | undefined {
    const { type, dimension, range, relativeTo } = option;
    const base = { option, type, origin, written: raw.place };
    if (type.is === "list" && raw.kind === "list") {
      const inner = elementOption(option, type.of);
      const elements = raw.elements.map((one) => this.#typed(one, `each of ${subject}`, inner, origin));
      const known = elements.filter((element) => element !== undefined);
      return known.length === elements.length ? { kind: "list", elements: known, ...base } : undefined;
    }
    const isSingle = type.is === "list" && type.single && raw.kind !== "none" && raw.kind !== "list";
    if (isSingle) {
      const element = this.#typed(raw, subject, elementOption(option, type.of), origin);
      return element && { kind: "list", elements: [element], ...base };
    }
    if (type.is === "list" && raw.kind !== "none" && raw.kind !== "invalid" && !raw.declared) {
      const { source, span } = raw.place;
      const fixes = [replacementFix(raw.place, `[${source.slice(span)}]`, "Make it a list", "safe")];
      const names = { subject, expected: "a list in brackets", found: "a single value" };
      this.#context.diagnostics.report("LV2101", names, raw.place, { fixes });
      return undefined;
    }
    const wish = { type, dimension, range, relativeTo, nullable: option.nullable ?? false, subject };
    const typed = this.#context.typer.type(raw, wish);
    return typed && { kind: "scalar", ...typed, ...base };
  }

  #block(
    name: string,
    option: Option,
    type: Extract<Option["type"], { is: "block" }>,
    item: DraftItem | undefined,
  ): Resolved | undefined {
    const draft = this.#blockDraft(name, type.shorthand, item);
    if (!draft) return undefined;
    const inner = new OptionSet(
      this.#context,
      this.#inner(name, item),
      type.options,
      draft,
      // `train = "mine.json"` says all there is to say of the file: no url or checksum of the card's belongs to it.
      item?.value ? {} : this.#presetsOf(name),
    );
    return { kind: "block", options: inner.all(), ...this.#base(option, item) };
  }

  /** The items of a block, where `key = value` may stand for one of them. */
  #blockDraft(name: string, shorthand: string | undefined, item: DraftItem | undefined): Draft | undefined {
    if (!item?.value) return item?.block ?? new Map();
    if (shorthand === undefined) {
      this.#context.diagnostics.report("LV2024", { key: name }, item.header);
      return undefined;
    }
    const short: DraftItem = { ...item, name: shorthand, block: undefined };
    return new Map([[shorthand, short], ...(item.block ?? [])]);
  }

  #map(
    name: string,
    option: Option,
    type: Extract<Option["type"], { is: "map" }>,
    item: DraftItem | undefined,
  ): Resolved | undefined {
    if (item?.value) {
      this.#context.diagnostics.report("LV2024", { key: name }, item.header);
      return undefined;
    }
    if (!item && !option.default) {
      this.#reportMissing(name, option);
      return undefined;
    }
    const defaults = this.#entriesOf(name, option);
    const element = elementOption(option, type.of);
    const keys = [...Object.keys(defaults), ...(item?.block?.keys() ?? [])];
    const options = Object.fromEntries(keys.map((key) => [key, element]));
    const owner = this.#inner(name, item);
    const inner = new OptionSet(this.#context, owner, options, item?.block ?? new Map(), defaults);
    const written = new Map([...(item?.block ?? [])].map(([key, { header }]) => [key, header] as const));
    return { kind: "map", entries: inner.all(), keys: written, ...this.#base(option, item) };
  }

  /** The entries of a map that the catalogue states, which may depend on another option. */
  #entriesOf(name: string, option: Option): Presets {
    const stated = this.#statedDefault(name, option)?.value;
    if (isRecord(stated)) return stated;
    if (!option.default || !("follows" in option.default)) return {};
    const { follows, map = {} } = option.default;
    const followed = this.#context.lookUp(follows, this.owner.card);
    const key = followed !== "absent" && followed?.kind === "scalar" ? followed.value : undefined;
    const entries = typeof key === "string" ? map[key] : undefined;
    return isRecord(entries) ? entries : {};
  }

  #component(name: string, option: Option, item: DraftItem | undefined): Resolved | undefined {
    if (item?.label) {
      const label = labelPlace(item);
      const notes = [`Write \`${name} = ${item.label.text}(…)\`.`];
      this.#context.diagnostics.report("LV2022", { section: name }, label, { notes });
      return undefined;
    }
    const overrides: Draft = item?.block ?? new Map();
    if (item?.value) {
      const { expression, scope, origin } = item.value;
      const raw = this.#context.evaluator.evaluate(expression, scope);
      if (raw.kind === "none" || raw.kind === "invalid")
        return this.#typed(raw, `\`${name}\``, option, origin);
      return componentOf(this.#context, raw, name, option, origin, overrides);
    }
    const stated = this.#statedDefault(name, option);
    if (isComponent(stated?.value)) {
      const place = item?.header ?? this.owner.place;
      return componentFromPlain(this.#context, stated.value, option, stated.origin, overrides, place);
    }
    if (!item) return this.#default(name, option);
    const owner = this.owner.described;
    this.#context.diagnostics.report("LV3002", { key: name, owner }, item.header, {
      notes: [`The block sets options of a component, but nothing says which one: write \`${name} = …\`.`],
    });
    return undefined;
  }

  /** A default that is plain data, with its origin: from a preset, another card, a variant, or the option. */
  #statedDefault(name: string, option: Option): { value: unknown; origin: Origin } | undefined {
    if (Object.hasOwn(this.#presets, name)) return { value: this.#presets[name], origin: this.#ownDefault };
    const other = this.#otherDefault(name);
    if (other) return { value: other.value, origin: { kind: "default", card: other.card } };
    if (option.default && "value" in option.default)
      return { value: option.default.value, origin: this.#ownDefault };
    return undefined;
  }

  /** A default from another card, or from the model's variant. */
  #otherDefault(name: string): CardDefault | undefined {
    const { path, card } = this.owner;
    return path === undefined ? undefined : this.#context.defaultFor(path, name, card);
  }

  #default(name: string, option: Option): Resolved | undefined {
    const isExcluded = option.excludes?.some((other) => this.#draft.has(other));
    if (isExcluded) return this.#plain(null, option, this.#ownDefault);
    const stated = this.#statedDefault(name, option);
    if (stated) return this.#stated(stated.value, option, stated.origin);
    if (option.default && "template" in option.default) {
      const { name: recipe, directory } = this.#context.recipe;
      const text = option.default.template.replaceAll("{recipe}", recipe);
      const isOfRecipe = option.type.is === "path" && option.relativeTo === undefined;
      const value = isOfRecipe ? resolvePath(this.#context.host, directory, text) : text;
      return this.#plain(value, option, this.#ownDefault);
    }
    if (option.default && "follows" in option.default) {
      const followed = this.#context.lookUp(option.default.follows, this.owner.card);
      if (followed !== "absent") return followed && this.#follow(followed, option, option.default);
      if (option.default.otherwise !== undefined)
        return this.#plain(option.default.otherwise, option, this.#ownDefault);
    }
    this.#reportMissing(name, option);
    return undefined;
  }

  #follow(
    followed: Resolved,
    option: Option,
    { follows, map }: { readonly follows: string; readonly map?: Readonly<Record<string, unknown>> },
  ): Resolved | undefined {
    if (followed.kind !== "scalar") return undefined;
    const origin: Origin = { kind: "follows", path: follows, card: cardNameOf(this.owner) };
    const base = { kind: "scalar", option, type: option.type, origin, written: undefined } as const;
    const { value, expression } = followed;
    if (!map) return { ...base, value, expression };
    const scalars = map as Readonly<Record<string, Scalar>>;
    const found = value === undefined ? undefined : scalars[String(value)];
    return {
      ...base,
      value: found,
      expression: expression && { kind: "lookup", key: expression, map: scalars },
    };
  }

  /** A stated default; one object stands for what an option's own default is wherever its card is used. */
  #stated(value: unknown, option: Option, origin: Origin): Resolved {
    const isOwn = origin === this.#ownDefault && option.default && "value" in option.default;
    if (!isOwn || option.default.value !== value) return this.#plain(value, option, origin);
    const { values } = this.#ownDefaults;
    const known = values.get(option) ?? this.#plain(value, option, origin);
    values.set(option, known);
    return known;
  }

  /** Plain data of a card as a resolved value; it has the option's type, as the catalogue's tests make sure. */
  #plain(value: unknown, option: Option, origin: Origin): Resolved {
    const base = { option, type: option.type, origin, written: undefined };
    if (Array.isArray(value)) {
      const inner = option.type.is === "list" ? elementOption(option, option.type.of) : option;
      const elements = value.map((one: unknown) => this.#plain(one, inner, origin));
      return { kind: "list", elements, ...base };
    }
    return { kind: "scalar", value: value as Scalar, expression: undefined, ...base };
  }

  #reportMissing(name: string, option: Option): void {
    if (!this.#context.mustBeComplete()) return;
    const { described, place } = this.owner;
    this.#context.diagnostics.report("LV3002", { key: name, owner: described }, place, {
      notes: [option.doc],
    });
  }

  #presetsOf(name: string): Presets {
    const preset = this.#presets[name] ?? this.#otherDefault(name)?.value;
    return isRecord(preset) ? preset : {};
  }

  #inner(name: string, item: DraftItem | undefined): Owner {
    const { owner } = this;
    return {
      ...owner,
      described: `\`${name}\` of ${owner.described}`,
      path: owner.path === undefined ? undefined : `${owner.path}.${name}`,
      section: undefined,
      place: item?.header ?? owner.place,
    };
  }

  #base(option: Option, item: DraftItem | undefined) {
    return {
      option,
      type: option.type,
      origin: item?.origin ?? this.#ownDefault,
      written: item?.whole,
    };
  }
}

/** What a card gives its own options: that never changes, and a large file asks for it again and again. */
interface OwnDefaults {
  readonly origin: Origin;
  readonly values: Map<Option, Resolved>;
}

/** By a card's options, which the copies of a format have in common, then by its name and variant. */
const ownDefaults = new WeakMap<Options, Map<string, OwnDefaults>>();

function ownDefaultsOf(owner: Owner): OwnDefaults {
  const { card, variant = "" } = owner;
  const named = ownDefaults.get(card.options) ?? new Map<string, OwnDefaults>();
  ownDefaults.set(card.options, named);
  const name = `${card.kind} ${card.name} ${variant}`;
  const known = named.get(name) ?? {
    origin: { kind: "default", card: cardNameOf(owner) },
    values: new Map(),
  };
  named.set(name, known);
  return known;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isComponent = (value: unknown): value is { readonly name: string; readonly options: Presets } =>
  isRecord(value) && typeof value.name === "string" && isRecord(value.options);

/** `key value`, in which the value was taken for a label: its `=` is missing. */
function assigned(key: string, { body, label, whole }: DraftItem): readonly Fix[] {
  if (body || !label) return [];
  const entry = `${key} = ${label.text}`;
  return [replacementFix(whole, entry, `Write \`${entry}\``, "unsafe")];
}
