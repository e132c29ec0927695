import type { Card, ComponentKind, ComponentValue, GivenOptions, Options, OptionsOf } from "./card.ts";
import { UserError } from "./errors.ts";
import { completeOptions } from "./options.ts";
import { nearest } from "./suggestion.ts";

/** A component of a program: its card, its checked options, and how to load its implementation. */
export interface Component<K extends ComponentKind = ComponentKind, O = object, Implementation = unknown>
  extends ComponentValue {
  readonly kind: K;
  readonly card: Card;
  /** Every option that does not follow another component or wait for the run has its value. */
  readonly options: O & Readonly<Record<string, unknown>>;
  /** Imports the implementation; nothing heavy is loaded before. */
  load(): Promise<Implementation>;
}

/** A model with the variant (LAVIS's `model_type`) whose defaults it takes. */
export interface ModelComponent<O = object, Implementation = unknown>
  extends Component<"model", O, Implementation> {
  readonly variant: string;
}

/** A dataset under the name that the recipe gives it. */
export interface DatasetComponent<O = object, Implementation = unknown>
  extends Component<"dataset", O, Implementation> {
  readonly label: string;
}

type Given<O extends Options> = GivenOptions<{ options: O }>;
type Complete<O extends Options> = OptionsOf<{ options: O }>;

/**
 * The factory of a task, processor, schedule or optimizer: checks the options that a program gives against
 * the card and fills its defaults in. Throws {@link UserError} that names the component and the option.
 */
export function component<K extends ComponentKind, O extends Options, Implementation>(
  card: Card<K, O>,
  load: () => Promise<Implementation>,
) {
  return (given: Given<O>): Component<K, Complete<O>, Implementation> =>
    build(card, `${card.kind} ${card.name}`, given, {}, load);
}

/** The factory of a model: `blip_caption("base_coco", { … })`; the variant's values stand in for missing options. */
export function model<O extends Options, Implementation>(
  card: Card<"model", O>,
  load: () => Promise<Implementation>,
) {
  return (variant: string, given: Given<O>): ModelComponent<Complete<O>, Implementation> => {
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
}

/** The factory of a dataset: `coco_caption("coco_caption", { … })`; `label` is the name in logs and results. */
export function dataset<O extends Options, Implementation>(
  card: Card<"dataset", O>,
  load: () => Promise<Implementation>,
) {
  return (label: string, given: Given<O>): DatasetComponent<Complete<O>, Implementation> => ({
    ...build(card, `dataset ${label}`, given, {}, load),
    label,
  });
}

function build<K extends ComponentKind, O extends Options, Implementation>(
  card: Card<K, O>,
  where: string,
  given: Given<O>,
  defaults: Readonly<Record<string, unknown>>,
  load: () => Promise<Implementation>,
): Component<K, Complete<O>, Implementation> {
  const options = completeOptions(where, card.options, given, { defaults, section: card.kind });
  // `completeOptions` has checked each value against the option that `Complete<O>` is derived from.
  return { kind: card.kind, name: card.name, card, options: options as Complete<O>, load };
}
