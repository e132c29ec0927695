import type { Card, ComponentKind, Option, Options, OptionType } from "../../runtime/card.ts";
import { describeType, catalog as runtimeCatalog } from "../catalog/index.ts";
import { describeScalar } from "../explain/origin.ts";

/** An option as people read about it. */
export interface DescribedOption {
  /** Its place in the section: `vis_processor.train`; `annotations.<name>.url` below names of the user's. */
  readonly path: string;
  /** In words: "a number from 0 to 1". */
  readonly type: string;
  /** Whether `none` is a value too. */
  readonly orNone: boolean;
  /** The dimension of its quantities; absent for plain values. */
  readonly unit?: string;
  /** In words: "at least 1". */
  readonly range?: string;
  /** In words; absent where something must give a value. */
  readonly default?: string;
  /** The kinds whose cards may set another default: tasks and models say how long to train. */
  readonly setBy: readonly ComponentKind[];
  readonly doc: string;
  /** What else must be known to use it. */
  readonly notes: readonly string[];
}

/** What can be named in a recipe, as people read about it. */
export interface DescribedComponent {
  readonly kind: ComponentKind;
  readonly name: string;
  readonly doc: string;
  /** Whether this version of the runtime has it; what it has not can be checked, but not built. */
  readonly isImplemented: boolean;
  /** LAVIS's name for it, where it is another. */
  readonly lavisName?: string;
  readonly variants: readonly { readonly name: string; readonly doc: string }[];
  /** Models: the tasks that it can do. */
  readonly tasks: readonly string[];
  /** Tasks: the models that can do it. */
  readonly models: readonly string[];
  /** Datasets: the splits that it has files for. */
  readonly splits: readonly string[];
  /** Tasks: the metrics that it produces, with the better direction. */
  readonly metrics: readonly { readonly name: string; readonly better: "higher" | "lower" }[];
  readonly reads: readonly string[];
  readonly provides: readonly string[];
  /** Defaults that it gives to options of other sections, by their path. */
  readonly gives: readonly { readonly path: string; readonly value: string }[];
  readonly options: readonly DescribedOption[];
}

/** Describes a card, of a model also with what a variant sets. */
export function describeComponent(card: Card, variantName?: string): DescribedComponent {
  const variant = variantName === undefined ? undefined : card.variants?.[variantName];
  const given = Object.entries({ ...card.defaults, ...variant?.defaults });
  // What a dataset's card says about its own section is the default of its options.
  const [own, elsewhere] = [true, false].map((isOwn) =>
    given.filter(([path]) => path.startsWith(`${card.kind}.`) === isOwn),
  ) as [typeof given, typeof given];
  const presets = {
    ...Object.fromEntries(own.map(([path, value]) => [path.slice(card.kind.length + 1), value])),
    ...variant?.options,
  };
  return {
    kind: card.kind,
    name: variant ? `${card.name}.${variantName}` : card.name,
    doc: variant ? `${card.doc} ${variant.doc}` : card.doc,
    isImplemented: card.implemented !== false,
    ...(card.lavisName !== undefined && { lavisName: card.lavisName }),
    variants: variant ? [] : Object.entries(card.variants ?? {}).map(([name, { doc }]) => ({ name, doc })),
    tasks: card.tasks ?? [],
    metrics: Object.entries(card.metrics ?? {}).map(([name, better]) => ({ name, better })),
    reads: (card.reads ?? []).map((need) => (typeof need === "string" ? need : need.join(" or "))),
    provides: card.provides ?? [],
    models: card.kind === "task" ? modelsFor(card.name) : [],
    splits: splitsOf(card),
    gives: elsewhere.map(([path, value]) => ({ path, value: plainText(value) })),
    options: describeOptions(card.options, { card, presets }),
  };
}

const modelsFor = (task: string): readonly string[] =>
  runtimeCatalog
    .ofKind("model")
    .filter(({ tasks }) => tasks?.includes(task))
    .map(({ name }) => name);

function splitsOf({ options }: Card): readonly string[] {
  const files = options.build_info?.type;
  const given = files?.is === "block" ? files.options.annotations?.default : undefined;
  const splits = given && "value" in given ? given.value : undefined;
  return typeof splits === "object" && splits !== null ? Object.keys(splits) : [];
}

/** The kinds of the other cards that set a default of an option of this one. Of tasks, those that a model can do count. */
function kindsThatSet(option: string, { kind: own, tasks }: Card): readonly ComponentKind[] {
  // A format's options stand in the section of a dataset.
  const path = `${own === "format" ? "dataset" : own}.${option}`;
  const setters = runtimeCatalog
    .all()
    .filter(({ kind, name }) => kind !== own && (kind !== "task" || (tasks?.includes(name) ?? true)))
    .filter(({ defaults = {}, variants = {} }) =>
      [defaults, ...Object.values(variants).map((one) => one.defaults ?? {})].some((given) =>
        Object.hasOwn(given, path),
      ),
    );
  return [...new Set(setters.map(({ kind }) => kind))];
}

interface Owner {
  readonly card: Card;
  /** Defaults of the variant, or that the card sets for its own section, by the option's path. */
  readonly presets: Readonly<Record<string, unknown>>;
}

function describeOptions(options: Options, owner: Owner, path = ""): readonly DescribedOption[] {
  const { card, presets } = owner;
  return Object.entries(options).flatMap(([name, option]) => {
    const own = `${path}${name}`;
    const inner = innerOptions(option.type, own);
    if (inner) return describeOptions(inner.options, owner, inner.path);
    if (Object.hasOwn(presets, own))
      return [describeOption(own, option, { preset: plainText(presets[own], option.type.is) })];
    return [describeOption(own, option, { setBy: kindsThatSet(own, card) })];
  });
}

/** The options below a block or a map of blocks. */
function innerOptions(
  type: OptionType,
  path: string,
): { readonly options: Options; readonly path: string } | undefined {
  if (type.is === "block") return { options: type.options, path: `${path}.` };
  if (type.is === "map" && type.of.is === "block")
    return { options: type.of.options, path: `${path}.<name>.` };
  return undefined;
}

/** Describes an option; `preset` is what a card sets it to, in words, `setBy` the kinds whose cards may. */
export function describeOption(
  path: string,
  option: Option,
  { preset, setBy = [] }: { readonly preset?: string | undefined; readonly setBy?: readonly ComponentKind[] },
): DescribedOption {
  const { type, doc, dimension, nullable, excludes, idleWhile, only, relativeTo, optional } = option;
  const range = describeRange(option);
  const value = preset ?? describeDefault(option);
  return {
    path,
    // Its range says from where on.
    type: type.is === "count" && range !== undefined ? "an integer" : describeType(type),
    orNone: nullable ?? false,
    ...(dimension !== undefined && { unit: dimension }),
    ...(range !== undefined && { range }),
    ...(value !== undefined && { default: value }),
    setBy,
    doc,
    notes: [
      ...(excludes ? [`Not beside ${excludes.map((name) => `\`${name}\``).join(", ")}.`] : []),
      ...(idleWhile ? [`Has no effect while \`${idleWhile.option}\` is ${plainText(idleWhile.is)}.`] : []),
      ...(optional ? ["May be left out: the component then fills it in."] : []),
      ...(relativeTo ? [`Relative to the ${relativeTo}.`] : []),
      ...(only ? [`Only ${plainText(only.value, type.is)} for now: ${only.because}.`] : []),
    ],
  };
}

function describeRange({ range }: Option): string | undefined {
  const bounds = [
    ...(range?.min === undefined ? [] : [`at least ${range.min}`]),
    ...(range?.above === undefined ? [] : [`above ${range.above}`]),
    ...(range?.max === undefined ? [] : [`at most ${range.max}`]),
    ...(range?.below === undefined ? [] : [`below ${range.below}`]),
  ];
  return bounds.length > 0 ? bounds.join(", ") : undefined;
}

function describeDefault({ type, default: given }: Option): string | undefined {
  if (!given) return undefined;
  if ("value" in given) return plainText(given.value, type.is);
  if ("template" in given) return JSON.stringify(given.template);
  const otherwise = given.otherwise === undefined ? "" : `, else ${plainText(given.otherwise, type.is)}`;
  const mapped = Object.entries(given.map ?? {}).map(
    ([key, value]) => `${key}: ${plainText(value, type.is)}`,
  );
  return `that of ${given.follows}${mapped.length > 0 ? ` (${mapped.join(", ")})` : ""}${otherwise}`;
}

/** A value of a card as a recipe would say it. */
export function plainText(value: unknown, type: OptionType["is"] = "string"): string {
  if (Array.isArray(value)) return `[${value.map((one) => plainText(one, "name")).join(", ")}]`;
  if (typeof value !== "object" || value === null) return describeScalar(value, type);
  if ("name" in value && "options" in value && typeof value.name === "string") {
    const written = Object.entries(value.options ?? {}).map(([key, one]) => `${key} = ${plainText(one)}`);
    return written.length > 0 ? `${value.name}(${written.join(", ")})` : value.name;
  }
  return JSON.stringify(value);
}
