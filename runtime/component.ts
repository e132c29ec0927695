import type { Card, ComponentKind, ComponentValue, GivenOptions, Options, OptionsOf } from "./card.ts";
import { UserError } from "./errors.ts";
import { completeOptions } from "./options.ts";
import { nearest } from "./suggestion.ts";

/**
 * A component of a program: its card, its checked options, and how to make what it stands for. `A` are the
 * arguments that making one takes beside the options, `T` is what is made.
 */
export interface Component<
  K extends ComponentKind = ComponentKind,
  O = object,
  A extends readonly unknown[] = readonly never[],
  T = unknown,
> extends ComponentValue {
  readonly kind: K;
  readonly card: Card;
  /** Every option that does not follow another component or wait for the run has its value. */
  readonly options: O & Readonly<Record<string, unknown>>;
  /** Loads the implementation and makes one of `options`; nothing heavy is loaded before. */
  create(options: O, ...args: A): Promise<T>;
}

/** A model with the variant (LAVIS's `model_type`) whose defaults it takes; one of a user's own has none. */
export interface ModelComponent<O = object, A extends readonly unknown[] = readonly never[], T = unknown>
  extends Component<"model", O, A, T> {
  readonly variant?: string;
}

/** A model as people read about it: `blip_caption.base_coco`. */
export const titleOf = ({ name, variant }: Pick<ModelComponent, "name" | "variant">): string =>
  variant === undefined ? name : `${name}.${variant}`;

/** A dataset under the name that the recipe gives it. */
export interface DatasetComponent<O = object, A extends readonly unknown[] = readonly never[], T = unknown>
  extends Component<"dataset", O, A, T> {
  readonly label: string;
}

/** Imports an implementation: a function from options to what they describe. */
type Load<O, A extends readonly unknown[], T> = () => Promise<(options: O, ...args: A) => T | Promise<T>>;

type Given<O extends Options> = GivenOptions<{ options: O }>;
type Complete<O extends Options> = OptionsOf<{ options: O }>;

/**
 * The factory of a task, processor, schedule or optimizer: checks the options that a program gives against
 * the card and fills its defaults in. Throws {@link UserError} that names the component and the option.
 */
export function component<K extends ComponentKind, O extends Options, A extends readonly unknown[], T>(
  card: Card<K, O>,
  load: Load<Complete<O>, A, T>,
) {
  const where = `${card.kind} ${card.name}`;
  const make = (given: Given<O>): Component<K, Complete<O>, A, T> => build(card, where, given, {}, load);
  return Object.assign(make, { card });
}

/** The factory of a model: `blip_caption("base_coco", { … })`; the variant's values stand in for missing options. */
export function model<O extends Options, A extends readonly unknown[], T>(
  card: Card<"model", O>,
  load: Load<Complete<O>, A, T>,
) {
  const make = (variant: string, given: Given<O>): ModelComponent<Complete<O>, A, T> => {
    const variants = card.variants ?? {};
    const chosen = Object.hasOwn(variants, variant) ? variants[variant] : undefined;
    if (!chosen) {
      const names = Object.keys(variants);
      const near = nearest(variant, names);
      const hint = near ? `did you mean ${near}?` : `its variants are ${names.join(", ")}`;
      throw new UserError(`model ${card.name} has no variant ${variant}`, hint);
    }
    const where = `model ${card.name}.${variant}`;
    return { ...build(card, where, given, chosen.options, load), variant };
  };
  return Object.assign(make, { card });
}

/**
 * The factory of a dataset, or of those in a format: `coco_caption("coco_caption", { … })`,
 * `from_jsonl("mine", { … })`; `label` is the name in logs and results.
 */
export function dataset<O extends Options, A extends readonly unknown[], T>(
  card: Card<"dataset" | "format", O>,
  load: Load<Complete<O>, A, T>,
) {
  const make = (label: string, given: Given<O>): DatasetComponent<Complete<O>, A, T> => ({
    ...build(card, `dataset ${label}`, given, {}, load),
    kind: "dataset",
    label,
  });
  return Object.assign(make, { card });
}

function build<K extends ComponentKind, O extends Options, A extends readonly unknown[], T>(
  card: Card<K, O>,
  where: string,
  given: Given<O>,
  defaults: Readonly<Record<string, unknown>>,
  load: Load<Complete<O>, A, T>,
): Component<K, Complete<O>, A, T> {
  // `completeOptions` has checked each value against the option that `Complete<O>` is derived from.
  const options = completeOptions(where, card.options, given, {
    defaults,
    section: card.kind,
  }) as Complete<O>;
  return {
    kind: card.kind,
    name: card.name,
    card,
    options,
    create: async (own, ...args) => (await load())(own, ...args),
  };
}
