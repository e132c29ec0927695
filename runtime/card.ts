/**
 * Cards: the one source of truth about what a recipe can name.
 *
 * A card is plain typed data beside an implementation (`captioning.card.ts` beside `captioning.ts`). The
 * compiler's checker, completion, documentation and emitter read it, and so does the runtime's own
 * validation, so a card imports nothing but this module and other cards (options that several share). Pure
 * functions that both sides compute with are such files as well: learning rates, the length of a run, the sizes
 * of models.
 */

/** The kinds of component that a recipe names by a label. */
export type ComponentKind =
  | "task"
  | "model"
  | "dataset"
  /** How files hold the user's own data: `dataset my_shop from jsonl`. */
  | "format"
  | "vis_processor"
  | "text_processor"
  | "audio_processor"
  | "pc_processor"
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

/** The prefix of paths that are relative to the data cache: `cache:data/emoji/images`. */
export const cachePrefix = "cache:";

/** Whether a text is a URL; a scheme has two letters or more, so that no drive of Windows is one. */
export const isUrl = (text: string): boolean =>
  !text.startsWith(cachePrefix) && /^[a-z][a-z\d+.-]+:\/\//i.test(text);

/** Whether a secret may be sent to an address: over https, or within this machine. */
export function isFitForSecrets(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/** Whether a path does not name a file of this machine's folders: a URL, or one in the data cache. */
export const isPlacedElsewhere = (path: string): boolean => path.startsWith(cachePrefix) || isUrl(path);

/** The type of an option's value, as data. */
export type OptionType =
  | { readonly is: "number" }
  | { readonly is: "count" }
  | { readonly is: "ratio" }
  | { readonly is: "bool" }
  | { readonly is: "string" }
  /** A file or folder; where `isLocal`, nothing would download it, so that it can be no URL. */
  | { readonly is: "path"; readonly isLocal?: true }
  | { readonly is: "url" }
  | { readonly is: "checkpoint" }
  /** What only the run may see: named in the recipe, read from the environment. */
  | { readonly is: "secret" }
  /** One of the given bare names; `noun` says what the names are, for messages ("metric"). */
  | { readonly is: "enum"; readonly members: readonly string[]; readonly noun?: string }
  /** A bare name (or string) of the user's choosing, such as a split. */
  | { readonly is: "name" }
  /** A list; where `single`, one value stands for a list of just it. */
  | { readonly is: "list"; readonly of: OptionType; readonly single?: true }
  /** A component written as a call: `blip_image_eval(image_size = 384px)`. */
  | { readonly is: "component"; readonly of: ComponentKind }
  /**
   * A nested block of options: `vis_processor { train = …  eval = … }`. Where `shorthand` names one of
   * its options, `key = value` stands for `key { shorthand = value }`.
   */
  | { readonly is: "block"; readonly options: Options; readonly shorthand?: string }
  /** A nested block whose keys are the user's, all of one shape: `annotations { train { url … } }`. */
  | { readonly is: "map"; readonly of: OptionType };

/** Where an option's value comes from when the recipe does not give it. */
export type Default<T> =
  | { readonly value: T }
  /** The value of another option, named by its path in the recipe, such as `model.image_size`. */
  | {
      readonly follows: string;
      /** What each value of that option means here: `{ base: 768, large: 1024 }`. */
      readonly map?: Readonly<Record<string, T>>;
      /** The value where the recipe's component has no such option. */
      readonly otherwise?: T;
    }
  /** Text in which `{recipe}` stands for the recipe's name. */
  | { readonly template: string };

/** One option of a component. `T` is the TypeScript type of its value. */
export interface Option<T = unknown> {
  readonly type: OptionType;
  /** One or two sentences: what it does, and what users must know to set it. */
  readonly doc: string;
  /** The natural unit's dimension: a bare number is read in it, another dimension is an error. */
  readonly dimension?: Dimension;
  /** Inclusive bounds of a number, or of each in a list or map; `above`/`below` are exclusive ones. */
  readonly range?: {
    readonly min?: number;
    readonly max?: number;
    readonly above?: number;
    readonly below?: number;
  };
  /** Whether `none` is a value. */
  readonly nullable?: true;
  /** Paths: what a relative one is relative to, where that is not the recipe that wrote it. */
  readonly relativeTo?: "working directory";
  /** Absent: the recipe must give a value, unless another card does (see {@link Card.defaults}). */
  readonly default?: Default<T>;
  /** Options of the same card beside which this one may not be given; it is `none` where one of them is. */
  readonly excludes?: readonly string[];
  /** While another option of the card has this value, nothing reads this one. */
  readonly idleWhile?: { readonly option: string; readonly is: unknown };
  /** The one value that this version of the runtime can run; any other is an error that says `because`. */
  readonly only?: { readonly value: T; readonly because: string };
  /** It may be left out without a default: a component of a user's own then fills it in itself. */
  readonly optional?: true;
  /** No option of another section follows this one, though its default names it: here the name means something else. */
  readonly own?: true;
  /** Never set: carries `T` to {@link OptionsOf}. */
  readonly T?: T;
}

export type Options = { readonly [name: string]: Option };

type ValueOf<X> = X extends Option<infer T> ? T : never;

/** The resolved options of a card: every key present (the compiler fills the defaults in). */
export type OptionsOf<C extends { readonly options: Options }> = {
  -readonly [K in keyof C["options"]]: ValueOf<C["options"][K]>;
};

type BlockOf<X> = X extends {
  readonly type: { readonly is: "block"; readonly options: infer O extends Options };
}
  ? O
  : never;
/** Keys that may be left out: those with a default, and blocks of such. */
type OptionalKeys<O extends Options> = {
  [K in keyof O]: O[K] extends { readonly default: unknown }
    ? K
    : [BlockOf<O[K]>] extends [never]
      ? never
      : keyof BlockOf<O[K]> extends OptionalKeys<BlockOf<O[K]>>
        ? K
        : never;
}[keyof O];
type GivenValue<X> = [BlockOf<X>] extends [never]
  ? ValueOf<X>
  : GivenOptions<{ readonly options: BlockOf<X> }>;

/** The options as a person may give them: those with a default may be left out, in nested blocks too. */
export type GivenOptions<C extends { readonly options: Options }> = {
  [K in Exclude<keyof C["options"], OptionalKeys<C["options"]>>]: GivenValue<C["options"][K]>;
} & { [K in OptionalKeys<C["options"]>]?: GivenValue<C["options"][K]> };

/** What models look at and listen to, under the names of LAVIS's samples. */
export const media = [
  "image",
  // The two images of a pair, left and right.
  "image0",
  "image1",
  // Frames of a video.
  "video",
  "audio",
  // A cloud of points: a three-dimensional object.
  "pc",
  // Features of a video's pictures and sound that were extracted beforehand.
  "video_fts",
  // The picture of a subject, and the picture that is to be generated of it.
  "inp_image",
  "tgt_image",
] as const;
export type Medium = (typeof media)[number];

/** What samples of LAVIS's datasets carry, under its keys. */
export type LavisField =
  | Medium
  /** A caption, question, statement or instruction. */
  | "text_input"
  /** The text to be generated after `text_input`. */
  | "text_output"
  /** The answers to a question, each with its weight. */
  | "answers"
  /** A class. */
  | "label"
  /** The turns of a dialogue before the one to be answered. */
  | "dialog"
  | "subject_text"
  /** What names the picture, clip, sound or object in results and ground truth. */
  | "image_id"
  | "question_id"
  | "instance_id"
  /** Which texts belong to which image of an evaluation split, and the other way round. */
  | "txt2img";

/** A field under a name of the user's own, which no card of the catalogue has. */
export type OwnField = string & { readonly ownField: true };

/** What a sample of a dataset carries and what models, tasks and processors read of it. */
export type Field = LavisField | OwnField;

/** A field, or several of which a sample must carry one. */
export type Need = Field | readonly Field[];

/** A variant of a model (LAVIS's `model_type`): a documented set of default values for its options. */
export interface Variant {
  readonly doc: string;
  /** LAVIS's name where a recipe cannot write it: `opt2.7b` has a dot. */
  readonly lavisName?: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** As {@link Card.defaults}; they take precedence over the card's. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

export interface Card<K extends ComponentKind = ComponentKind, O extends Options = Options> {
  readonly kind: K;
  readonly name: string;
  /** LAVIS's name where a recipe cannot write it: `text-to-image-generation` has dashes. */
  readonly lavisName?: string;
  readonly doc: string;
  /** A component of a user's own in a program: it takes more than `options`, which TypeScript has checked. */
  readonly isOpen?: true;
  /** Absent: this version of the runtime has it. What it has not can be checked and explained, but not built. */
  readonly implemented?: false;
  readonly options: O;
  /** Models: the variants, by `model_type`; one must be named. */
  readonly variants?: Readonly<Record<string, Variant>>;
  /** Models: the tasks they can do; none of those that only give features to programs. */
  readonly tasks?: readonly string[];
  /** Models: height and width of a patch of the image in pixels, where no option sets it. */
  readonly patchSize?: number;
  /**
   * Defaults that this component gives to options of other sections, by their path (`schedule.init_lr`,
   * `dataset.vis_processor.train`). Later ones win: task, then model, then dataset. Those that a dataset gives
   * to `dataset…` are its own alone.
   */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /**
   * The fields of a sample that a model reads in training, and that a task reads in evaluation, where it gives
   * the model the media that it reads as well.
   */
  readonly reads?: readonly Need[];
  /** Datasets: the fields that their samples carry. */
  readonly provides?: readonly Field[];
  /** Datasets: those of them that evaluations have not in their samples, but as what results are scored by. */
  readonly references?: readonly Field[];
  /**
   * Datasets: how many samples each split has when it is trained on, by its name, as whoever published it says. A
   * sample is an image with one text.
   */
  readonly samples?: Readonly<Record<string, number>>;
  /** Formats: what the names of their files end in; "" where data is in folders. */
  readonly extension?: string;
  /** Formats: a split may name folders of such files, and ranges of numbered ones (`{000..015}`). */
  readonly isSharded?: true;
  /** Datasets: how many images (or videos) and texts a split ranks in retrieval, by the split's name. */
  readonly candidates?: Readonly<Record<string, { readonly images: number; readonly texts: number }>>;
  /** Tasks: metrics that an evaluation produces and the direction that is better. */
  readonly metrics?: Readonly<Record<string, "higher" | "lower">>;
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
  /** Of a user's own: the absolute path of the JavaScript module whose `create` makes it. */
  readonly module?: string;
}

/** A secret as options hold it: where it is read from, never what it is. */
export interface Secret {
  /** The environment variable. */
  readonly variable: string;
}

type Given<T> = Pick<Option<T>, "doc" | "nullable" | "default" | "excludes" | "idleWhile" | "only" | "own">;
type Numeric<T> = Given<T> & Pick<Option, "dimension" | "range">;
/** `T | null` where the option says that `none` is a value. */
type Nullable<T, G> = G extends { readonly nullable: true } ? T | null : T;
/** The option that a constructor returns: keeps whether a default is there. */
type Made<T, G> = Option<Nullable<T, G>> &
  (G extends { readonly default: unknown } ? { readonly default: Default<Nullable<T, G>> } : unknown);

/** Joins a type and what was given about the option; `T` is only in the types, never in the data. */
function make<T, G>(type: OptionType, given: G): Made<T, G> {
  return { type, ...given } as unknown as Made<T, G>;
}

const of =
  <T>(type: OptionType) =>
  <const G extends Numeric<T | null>>(given: G): Made<T, G> =>
    make<T, G>(type, given);

/** A real number. */
export const number = of<number>({ is: "number" });
/** An integer ≥ 0. */
export const count = of<number>({ is: "count" });
/** A number in 0..1. */
export const ratio = of<number>({ is: "ratio" });
export const bool = of<boolean>({ is: "bool" });
export const string = of<string>({ is: "string" });
/** A bare name of the user's. */
export const name = of<string>({ is: "name" });
/**
 * A file or folder: absolute, or `cache:…` for one in the data cache (see `dataPath` of `cache.ts`). In a
 * recipe, relative ones are relative to the recipe that wrote them, unless the option says otherwise.
 */
export function path<
  const G extends Given<string | null> & Pick<Option, "relativeTo"> & { readonly isLocal?: true },
>(given: G): Made<string, G> {
  const { isLocal, ...rest } = given;
  return make({ is: "path", ...(isLocal && { isLocal }) }, rest as G);
}
export const url = of<string>({ is: "url" });
/** A path or URL of model weights (safetensors, or a PyTorch .pth). */
export const checkpoint = of<string>({ is: "checkpoint" });

/** A secret such as an access token: options, programs and records hold only the name of its variable. */
export const secret = of<Secret>({ is: "secret" });

/** One of the given bare names. */
export function oneOf<
  const M extends readonly string[],
  const G extends Given<M[number] | null> & { readonly noun?: string },
>(members: M, given: G): Made<M[number], G> {
  const { noun, ...rest } = given;
  return make<M[number], G>({ is: "enum", members, ...(noun === undefined ? {} : { noun }) }, rest as G);
}

/** A list of values of one type; where `single`, one value stands for a list of just it. */
export function listOf<
  E extends Option,
  const G extends Given<readonly ValueOf<E>[] | null> & { readonly single?: true },
>(element: E, given: G): Made<readonly ValueOf<E>[], G> {
  const { single, ...rest } = given;
  return make({ is: "list", of: element.type, ...(single && { single }) }, rest as G);
}

/** A component of the given kind, written as a name or a call. */
export function component<const G extends Given<ComponentValue | null>>(
  kind: ComponentKind,
  given: G,
): Made<ComponentValue, G> {
  return make({ is: "component", of: kind }, given);
}

type BlockOption<O extends Options> = Omit<Option<OptionsOf<{ options: O }>>, "type"> & {
  readonly type: { readonly is: "block"; readonly options: O; readonly shorthand?: string };
};

/** A nested block of options. */
export function block<const O extends Options>(
  options: O,
  given: { readonly doc: string; readonly shorthand?: keyof O & string },
): BlockOption<O> {
  const { doc, shorthand } = given;
  return { type: { is: "block", options, ...(shorthand === undefined ? {} : { shorthand }) }, doc };
}

/** A nested block with keys of the user's, such as splits. */
export function mapOf<E extends Option, const G extends Given<Readonly<Record<string, ValueOf<E>>>>>(
  element: E,
  given: G,
): Made<Readonly<Record<string, ValueOf<E>>>, G> {
  return make({ is: "map", of: element.type }, given);
}
