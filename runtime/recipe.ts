import type { Card, ComponentKind, ComponentValue, GivenOptions, OptionsOf } from "./card.ts";
import type { Component, DatasetComponent, ModelComponent } from "./component.ts";
import * as components from "./components.ts";
import type { Dataset, OpenOptions } from "./datasets/dataset.ts";
import { UserError } from "./errors.ts";
import type { Model } from "./models/model.ts";
import type { Build } from "./nn/module.ts";
import type { AdamW } from "./optim/adamw.ts";
import type { ParameterGroup } from "./optim/parameter-groups.ts";
import { completeOptions } from "./options.ts";
import type { Schedule } from "./schedule/schedule.card.ts";
import type { Task } from "./tasks/task.ts";
import { run as runCard } from "./train/run.card.ts";

export type RunOptions = OptionsOf<typeof runCard>;

/** A dataset of a recipe: opens the splits that it is asked for. */
export type DatasetSource = DatasetComponent<
  object,
  [splits: readonly string[], context: OpenOptions],
  ReadonlyMap<string, Dataset>
>;

/** What a program trains: the components of a recipe and how to run them. */
export interface Recipe {
  readonly name: string;
  /** The `.lavis` file that the program was built from, relative to the program. */
  readonly source?: string;
  /** The parameters that the program runs with, by name, for its records. */
  readonly params?: Readonly<Record<string, unknown>>;
  readonly task: Component<"task", object, [], Task>;
  readonly model: ModelComponent<object, [Build], Model>;
  readonly datasets: readonly DatasetSource[];
  readonly schedule: Component<"schedule", object, [], Schedule>;
  readonly optimizer: Component<"optimizer", object, [readonly ParameterGroup[]], AdamW>;
  readonly run: GivenOptions<typeof runCard>;
}

/** A recipe in which every option of every component has its value. */
export interface CompleteRecipe extends Recipe {
  readonly run: RunOptions;
}

/**
 * Fills in what depends on other components: options that follow another section's (`load_finetuned` follows
 * `run.evaluate`), those with the recipe's name in them, and the same inside processors. A compiled program
 * gives all of them; one that was edited by hand may leave them out. Throws {@link UserError} for `run`
 * options that do not fit their card, and for a processor that there is not.
 */
export function completeRecipe(recipe: Recipe): CompleteRecipe {
  const completer = new Completer(recipe.name);
  // Sections follow only those before them.
  return {
    ...recipe,
    // The card's options are what `RunOptions` is derived from.
    run: completer.options("run", runCard, recipe.run) as RunOptions,
    task: completer.component(recipe.task),
    model: completer.component(recipe.model),
    schedule: completer.component(recipe.schedule),
    optimizer: completer.component(recipe.optimizer),
    datasets: recipe.datasets.map((one) => completer.component(one, `dataset ${one.label}`)),
  };
}

class Completer {
  readonly #recipe: string;
  /** The options of the sections that are complete and that others may follow, by kind. */
  readonly #sections = new Map<string, Readonly<Record<string, unknown>>>();

  constructor(recipe: string) {
    this.#recipe = recipe;
  }

  component<C extends Component>(component: C, where = `${component.kind} ${component.name}`): C {
    return { ...component, options: this.options(where, component.card, component.options) };
  }

  /** The complete options of a section, which later sections may follow. */
  options(where: string, card: Card, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const options = completeOptions(where, card.options, given, {
      section: card.kind,
      recipe: this.#recipe,
      ...(card.isOpen && { isOpen: true }),
      lookUp: (path) => {
        const [section = "", key = ""] = path.split(".");
        return this.#sections.get(section)?.[key];
      },
      completeComponent: (place, kind, value) => this.#value(place, kind, value),
    });
    for (const [key, option] of Object.entries(card.options)) {
      if (options[key] === undefined)
        throw new UserError(`${where}: ${key} has no value, and what it follows has none`, option.doc);
    }
    const followed = Object.entries(options).filter(([key]) => !card.options[key]?.own);
    this.#sections.set(card.kind, Object.fromEntries(followed));
    return options;
  }

  /** A component that is a value of an option, made by a factory or written as plain data; a user's own is complete. */
  #value(where: string, kind: ComponentKind, value: ComponentValue): ComponentValue {
    if (value.module !== undefined) return value;
    const cards = Object.values(components).map((make): Card => make.card);
    const card = cards.find((one) => one.kind === kind && one.name === value.name);
    if (!card) throw new UserError(`${where}: there is no ${kind} ${value.name}`);
    return { ...value, options: this.options(`${where}: ${value.name}`, card, value.options) };
  }
}
