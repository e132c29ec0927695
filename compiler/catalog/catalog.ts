import type { Card, ComponentKind } from "../../runtime/card.ts";
import { cards as allCards } from "./cards.ts";

/** The kinds of component that are sections of a recipe, in the order in which recipes are written. */
export const sectionKinds = ["task", "model", "dataset", "schedule", "optimizer", "run"] as const;
export type SectionKind = (typeof sectionKinds)[number];

export function isSectionKind(text: string): text is SectionKind {
  return (sectionKinds as readonly string[]).includes(text);
}

/** What a recipe gets for a section that it leaves out. */
export const defaultLabels: Readonly<Partial<Record<SectionKind, string>>> = {
  schedule: "linear_warmup_cosine_lr",
  optimizer: "adamw",
  run: "run",
};

/** Everything that recipes can name. */
export class Catalog {
  readonly #byKind = new Map<ComponentKind, Map<string, Card>>();
  readonly #all: readonly Card[];
  readonly #ofKind = new Map<ComponentKind, readonly Card[]>();
  /** By the name of an option, the cards that have it. */
  readonly #withOption = new Map<string, Card[]>();

  /** Throws where two cards of one kind have one name: a mistake of ours. */
  constructor(cards: readonly Card[]) {
    for (const card of cards) {
      const named = this.#byKind.get(card.kind) ?? new Map<string, Card>();
      if (named.has(card.name)) throw new Error(`two cards of kind ${card.kind} are called ${card.name}`);
      this.#byKind.set(card.kind, named.set(card.name, card));
    }
    for (const [kind, named] of this.#byKind) this.#ofKind.set(kind, [...named.values()]);
    this.#all = [...this.#ofKind.values()].flat();
    for (const card of this.#all)
      for (const option of Object.keys(card.options)) {
        const others = this.#withOption.get(option);
        if (others) others.push(card);
        else this.#withOption.set(option, [card]);
      }
  }

  /** This catalogue with cards beside its own; one that it has under the same name gives way. */
  with(more: readonly Card[]): Catalog {
    const isReplaced = ({ kind, name }: Card) => more.some((one) => one.kind === kind && one.name === name);
    return new Catalog([...this.#all.filter((card) => !isReplaced(card)), ...more]);
  }

  get(kind: ComponentKind, name: string): Card | undefined {
    return this.#byKind.get(kind)?.get(name);
  }

  /** The names of a kind's components, in the order of the catalogue. */
  names(kind: ComponentKind): readonly string[] {
    return [...(this.#byKind.get(kind)?.keys() ?? [])];
  }

  ofKind(kind: ComponentKind): readonly Card[] {
    return this.#ofKind.get(kind) ?? [];
  }

  /** The cards that have an option, in the order of the catalogue. */
  withOption(name: string): readonly Card[] {
    return this.#withOption.get(name) ?? [];
  }

  all(): readonly Card[] {
    return this.#all;
  }
}

/** The catalogue of this version of the runtime. */
export const catalog = new Catalog(allCards);
