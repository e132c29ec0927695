/**
 * Cards: the one source of truth about what a recipe can name.
 *
 * A card is plain typed data beside an implementation (`captioning.card.ts` beside `captioning.ts`). The
 * compiler's checker, completion, documentation and emitter read it, and so does the runtime's own
 * validation, so a card imports nothing but this module.
 */

/** The kinds of component that a recipe names by a label. */
export type ComponentKind =
  | "task"
  | "model"
  | "dataset"
  | "vis_processor"
  | "text_processor"
  | "schedule"
  | "optimizer"
  | "run";

/** The units that a glued number may carry; each belongs to one dimension (`units` below). */
export type Unit =
  | "px"
  | "steps"
  | "epochs"
  | "samples"
  | "tokens"
  | "words"
  | "B"
  | "KB"
  | "MB"
  | "GB"
  | "TB"
  | "ms"
  | "s"
  | "min"
  | "h"
  | "d"
  | "%";

/** What a quantity measures. */
export type Dimension =
  | "pixels"
  | "steps"
  | "epochs"
  | "samples"
  | "tokens"
  | "words"
  | "bytes"
  | "time"
  | "ratio";

/** Each unit's dimension and its size in the dimension's base unit (bytes, seconds, or the unit itself). */
export const units: Readonly<Record<Unit, { dimension: Dimension; scale: number }>> = {
  px: { dimension: "pixels", scale: 1 },
  steps: { dimension: "steps", scale: 1 },
  epochs: { dimension: "epochs", scale: 1 },
  samples: { dimension: "samples", scale: 1 },
  tokens: { dimension: "tokens", scale: 1 },
  words: { dimension: "words", scale: 1 },
  B: { dimension: "bytes", scale: 1 },
  KB: { dimension: "bytes", scale: 1e3 },
  MB: { dimension: "bytes", scale: 1e6 },
  GB: { dimension: "bytes", scale: 1e9 },
  TB: { dimension: "bytes", scale: 1e12 },
  ms: { dimension: "time", scale: 1e-3 },
  s: { dimension: "time", scale: 1 },
  min: { dimension: "time", scale: 60 },
  h: { dimension: "time", scale: 3600 },
  d: { dimension: "time", scale: 86_400 },
  "%": { dimension: "ratio", scale: 0.01 },
};

/** The type of an option's value, as data. */
export type OptionType =
  | { readonly is: "number" }
  | { readonly is: "count" }
  | { readonly is: "ratio" }
  | { readonly is: "bool" }
  | { readonly is: "string" }
  | { readonly is: "path" }
  | { readonly is: "url" }
  | { readonly is: "checkpoint" }
  | { readonly is: "enum"; readonly members: readonly string[] }
  | { readonly is: "list"; readonly of: OptionType }
  /** A component written as a call: `blip_image_eval(image_size = 384px)`. */
  | { readonly is: "component"; readonly of: ComponentKind }
  /** A nested block of options: `vis_processor { train = …  eval = … }`. */
  | { readonly is: "block"; readonly options: Options }
  /** A nested block whose keys are the user's, all of one shape: `annotations { train { url … } }`. */
  | { readonly is: "map"; readonly of: OptionType };

/** Where an option's value comes from when the recipe does not give it. */
export type Default<T> =
  | { readonly value: T }
  /** The value of another option, named by its path in the recipe, such as `model.image_size`. */
  | { readonly follows: string }
  /** Decided when the program runs, by the rule that the text states. */
  | { readonly computed: string };

/** One option of a component. `T` is the TypeScript type of its value. */
export interface Option<T = unknown> {
  readonly type: OptionType;
  /** One or two sentences: what it does, and what users must know to set it. */
  readonly doc: string;
  /** The natural unit's dimension: a bare number is read in it, another dimension is an error. */
  readonly dimension?: Dimension;
  /** Inclusive bounds; `above`/`below` are exclusive ones. */
  readonly range?: {
    readonly min?: number;
    readonly max?: number;
    readonly above?: number;
    readonly below?: number;
  };
  /** Whether `none` is a value. */
  readonly nullable?: true;
  /** Absent: the recipe must give a value. */
  readonly default?: Default<T>;
  /** Never set: carries `T` to {@link OptionsOf}. */
  readonly T?: T;
}

export type Options = { readonly [name: string]: Option };

type DefaultKeys<O extends Options> = {
  [K in keyof O]: O[K] extends { readonly default: Default<unknown> } ? K : never;
}[keyof O];
type ValueOf<X> = X extends Option<infer T> ? T : never;

/** The resolved options of a card: every key present (the compiler fills the defaults in). */
export type OptionsOf<C extends { readonly options: Options }> = {
  -readonly [K in keyof C["options"]]: ValueOf<C["options"][K]>;
};

/** The options as a person may give them: those with a default may be left out. */
export type GivenOptions<C extends { readonly options: Options }> = Partial<OptionsOf<C>> &
  Omit<OptionsOf<C>, DefaultKeys<C["options"]>>;

/** What a sample of a dataset carries and what models, tasks and processors read of it. */
export type Field = "image" | "text_input" | "image_id" | "instance_id";

/** A variant of a model (LAVIS's `model_type`): a documented set of default values for its options. */
export interface Variant {
  readonly doc: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Card<K extends ComponentKind = ComponentKind, O extends Options = Options> {
  readonly kind: K;
  readonly name: string;
  readonly doc: string;
  readonly options: O;
  /** Models: the variants, by `model_type`; one must be named. */
  readonly variants?: Readonly<Record<string, Variant>>;
  /** Models: the tasks they can do. */
  readonly tasks?: readonly string[];
  /** Models and tasks: the fields of a sample that they read. Datasets: those that their samples carry. */
  readonly reads?: readonly Field[];
  readonly provides?: readonly Field[];
  /** Tasks: metrics that an evaluation produces and the direction that is better. */
  readonly metrics?: Readonly<Record<string, "higher" | "lower">>;
  /** Datasets: the splits that the catalogue's annotations give. */
  readonly splits?: readonly string[];
}

/** A card, with the literal types of its options kept. */
export function defineCard<const K extends ComponentKind, const O extends Options>(
  card: Card<K, O>,
): Card<K, O> {
  return card;
}

/** A component written as a value: its card's name and its options, as emitted programs hold it. */
export interface ComponentValue {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

type Given<T> = { readonly doc: string; readonly nullable?: true; readonly default?: Default<T> };
type Numeric<T> = Given<T> & Pick<Option, "dimension" | "range">;
/** `T | null` where the option says that `none` is a value. */
type Nullable<T, G> = G extends { readonly nullable: true } ? T | null : T;
/** The option type that a constructor returns: keeps whether a default is there. */
type Made<T, G> = Option<Nullable<T, G>> &
  (G extends { readonly default: unknown } ? { readonly default: Default<Nullable<T, G>> } : unknown);

const of =
  <T>(type: OptionType) =>
  <const G extends Numeric<T | null>>(given: G): Made<T, G> =>
    ({ type, ...given }) as unknown as Made<T, G>;

/** A real number. */
export const number = of<number>({ is: "number" });
/** An integer ≥ 0. */
export const count = of<number>({ is: "count" });
/** A number in 0..1. */
export const ratio = of<number>({ is: "ratio" });
export const bool = of<boolean>({ is: "bool" });
export const string = of<string>({ is: "string" });
/** A file or folder; relative ones are relative to the recipe that wrote them. */
export const path = of<string>({ is: "path" });
export const url = of<string>({ is: "url" });
/** A path or URL of model weights (safetensors, or a PyTorch .pth). */
export const checkpoint = of<string>({ is: "checkpoint" });

/** One of the given bare names. */
export function oneOf<const M extends readonly string[], const G extends Given<M[number]>>(
  members: M,
  given: G,
): Made<M[number], G> {
  return { type: { is: "enum", members }, ...given } as unknown as Made<M[number], G>;
}

type ElementOf<X> = X extends Option<infer T> ? T : never;

/** A list of values of one type. */
export function listOf<E extends Option, const G extends Given<readonly ElementOf<E>[]>>(
  element: E,
  given: G,
): Made<readonly ElementOf<E>[], G> {
  return { type: { is: "list", of: element.type }, ...given } as unknown as Made<readonly ElementOf<E>[], G>;
}

/** A component of the given kind, written as a name or a call. */
export function component<const G extends Given<ComponentValue>>(
  kind: ComponentKind,
  given: G,
): Made<ComponentValue, G> {
  return { type: { is: "component", of: kind }, ...given } as unknown as Made<ComponentValue, G>;
}

/** A nested block of options. */
export function block<const O extends Options>(
  options: O,
  given: { readonly doc: string },
): Option<OptionsOf<{ options: O }>> {
  return { type: { is: "block", options }, ...given } as Option<OptionsOf<{ options: O }>>;
}

/** A nested block with keys of the user's, such as splits. */
export function mapOf<E extends Option, const G extends Given<Readonly<Record<string, ElementOf<E>>>>>(
  element: E,
  given: G,
): Made<Readonly<Record<string, ElementOf<E>>>, G> {
  return { type: { is: "map", of: element.type }, ...given } as unknown as Made<
    Readonly<Record<string, ElementOf<E>>>,
    G
  >;
}
