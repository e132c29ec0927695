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

  /** Throws where two cards of one kind have one name: a mistake of ours. */
  constructor(cards: readonly Card[]) {
    for (const card of cards) {
      const named = this.#byKind.get(card.kind) ?? new Map<string, Card>();
      if (named.has(card.name)) throw new Error(`two cards of kind ${card.kind} are called ${card.name}`);
      this.#byKind.set(card.kind, named.set(card.name, card));
    }
  }

  get(kind: ComponentKind, name: string): Card | undefined {
    return this.#byKind.get(kind)?.get(name);
  }

  /** The names of a kind's components, in the order of the catalogue. */
  names(kind: ComponentKind): readonly string[] {
    return [...(this.#byKind.get(kind)?.keys() ?? [])];
  }

  ofKind(kind: ComponentKind): readonly Card[] {
    return [...(this.#byKind.get(kind)?.values() ?? [])];
  }

  all(): readonly Card[] {
    return [...this.#byKind.values()].flatMap((named) => [...named.values()]);
  }
}

/** The catalogue of this version of the runtime. */
export const catalog = new Catalog(allCards);
