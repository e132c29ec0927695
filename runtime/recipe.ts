import type { Card, ComponentValue, GivenOptions, OptionsOf } from "./card.ts";
import type { Component, DatasetComponent, ModelComponent } from "./component.ts";
import { UserError } from "./errors.ts";
import { completeOptions } from "./options.ts";
import { run as runCard } from "./train/run.card.ts";

export type RunOptions = OptionsOf<typeof runCard>;

/** What a program trains: the components of a recipe and how to run them. */
export interface Recipe {
  readonly name: string;
  /** The `.lavis` file that the program was built from, relative to the program. */
  readonly source?: string;
  /** The parameters that the program runs with, by name, for its records. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** The environment variables that hold secrets, by the secret's name. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly task: Component<"task">;
  readonly model: ModelComponent;
  readonly datasets: readonly DatasetComponent[];
  readonly schedule: Component<"schedule">;
  readonly optimizer: Component<"optimizer">;
  readonly run: GivenOptions<typeof runCard>;
}

/** A recipe in which every option of every component has its value. */
export interface CompleteRecipe extends Recipe {
  readonly run: RunOptions;
}

/** Finds a card by its kind and name; for components that are written as plain data. */
export type FindCard = (value: ComponentValue, kind: string) => Card | undefined;

/**
 * Fills in what depends on other components: options that follow another section's (`load_finetuned` follows
 * `run.evaluate`), those with the recipe's name in them, and the same inside processors. A compiled program
 * gives all of them; one that was edited by hand may leave them out. Throws {@link UserError} for `run`
 * options that do not fit their card.
 */
export function completeRecipe(recipe: Recipe, findCard: FindCard): CompleteRecipe {
  // Each section only follows those before it.
  const known = new Map<string, Readonly<Record<string, unknown>>>();
  const lookUp = (path: string): unknown => {
    const [section = "", key = ""] = path.split(".");
    return known.get(section)?.[key];
  };
  const complete = (where: string, card: Card, given: Readonly<Record<string, unknown>>) => {
    const options = completeOptions(where, card.options, given, {
      section: card.kind,
      recipe: recipe.name,
      lookUp,
    });
    for (const [key, option] of Object.entries(card.options)) {
      if (options[key] === undefined)
        throw new UserError(`${where}: ${key} has no value, and what it follows has none`, option.doc);
    }
    return options;
  };
  const section = <C extends Component>(component: C, where = `${component.kind} ${component.name}`): C => {
    const options = complete(where, component.card, component.options);
    known.set(component.kind, options);
    return { ...component, options };
  };
  const processor = (where: string, value: unknown, kind: string): unknown => {
    if (value === null) return null;
    // `completeOptions` has let nothing but a component of this kind through.
    const component = value as ComponentValue;
    const card = findCard(component, kind);
    if (!card) throw new UserError(`${where}: there is no ${kind} ${component.name}`);
    return { ...component, options: complete(`${where}: ${component.name}`, card, component.options) };
  };
  const dataset = (component: DatasetComponent): DatasetComponent => {
    const { label, card } = component;
    const done = section(component, `dataset ${label}`);
    const options: Record<string, unknown> = { ...done.options };
    for (const [key, { type }] of Object.entries(card.options)) {
      if (type.is !== "block") continue;
      const block: Record<string, unknown> = { ...(options[key] as Readonly<Record<string, unknown>>) };
      for (const [name, inner] of Object.entries(type.options)) {
        if (inner.type.is === "component")
          block[name] = processor(`dataset ${label}: ${key}.${name}`, block[name], inner.type.of);
      }
      options[key] = block;
    }
    return { ...done, options };
  };

  // The card's options are what `RunOptions` is derived from.
  const run = complete("run", runCard, recipe.run) as RunOptions;
  known.set("run", run);
  return {
    ...recipe,
    run,
    task: section(recipe.task),
    model: section(recipe.model),
    schedule: section(recipe.schedule),
    optimizer: section(recipe.optimizer),
    datasets: recipe.datasets.map(dataset),
  };
}
