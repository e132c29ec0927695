import type { Card, Variant } from "../../runtime/card.ts";
import type { SectionKind } from "../catalog/index.ts";
import { type CardDefault, cardNameOf } from "./context.ts";

/** A section of a recipe: what its card gives to others. */
export interface GivingSection {
  readonly kind: SectionKind;
  readonly card: Card;
  readonly variant: string | undefined;
}

/** A default, and the card whose own options it is for; those of any card where there is none. */
interface Given extends CardDefault {
  readonly only: Card | undefined;
}

/**
 * The defaults that cards of a recipe give to each other's options; later ones win: task, then model, then dataset, and
 * a model's variant for its own options. What a dataset gives to `dataset…` is for its own options, not for those of
 * another dataset.
 */
export class CardDefaults {
  /** By the path of the block that the option stands in, then by its name; strongest first. */
  readonly #given = new Map<string, Map<string, Given[]>>();

  constructor(sections: readonly GivingSection[]) {
    const ofKind = (kind: SectionKind) => sections.filter((section) => section.kind === kind);
    const [model] = ofKind("model");
    const [task] = ofKind("task");
    const variant = model && variantOf(model);
    if (model && variant)
      for (const [key, value] of Object.entries(variant.options)) this.#add(`model.${key}`, value, model);
    for (const dataset of ofKind("dataset")) this.#addAll(dataset, dataset.card.defaults);
    if (model) {
      this.#addAll(model, variant?.defaults);
      this.#addAll({ ...model, variant: undefined }, model.card.defaults);
    }
    if (task) this.#addAll(task, task.card.defaults);
  }

  /** The strongest default of an option of `owner`'s, in the block of that path. */
  find(path: string, name: string, owner: Card): CardDefault | undefined {
    return this.#given
      .get(path)
      ?.get(name)
      ?.find(({ only }) => only === undefined || only === owner);
  }

  #addAll(by: GivingSection, values: Readonly<Record<string, unknown>> = {}): void {
    for (const [path, value] of Object.entries(values)) {
      const isForOwn = by.kind === "dataset" && /^dataset(?:\.|$)/.test(path);
      this.#add(path, value, by, isForOwn ? by.card : undefined);
    }
  }

  #add(path: string, value: unknown, by: GivingSection, only?: Card): void {
    const dot = path.lastIndexOf(".");
    const [block, name] = [path.slice(0, dot), path.slice(dot + 1)];
    const inBlock = this.#given.get(block) ?? new Map<string, Given[]>();
    this.#given.set(block, inBlock);
    const known = inBlock.get(name) ?? [];
    inBlock.set(name, known);
    // A weaker one for the same cards is never asked for: a thousand datasets of one card give one default.
    if (known.every((one) => one.only !== undefined && one.only !== only))
      known.push({ value, card: cardNameOf(by), only });
  }
}

const variantOf = ({ card, variant }: GivingSection): Variant | undefined =>
  variant === undefined ? undefined : card.variants?.[variant];
