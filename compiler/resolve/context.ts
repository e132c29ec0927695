import type { Card, Option } from "../../runtime/card.ts";
import type { Catalog, SectionKind } from "../catalog/index.ts";
import type { DiagnosticCollector } from "../diagnostics/index.ts";
import type { OwnComponents } from "../own/index.ts";
import type { Host } from "../program/index.ts";
import type { OwnProcessors } from "./own.ts";
import type { CardName, Place, Resolved } from "./resolved.ts";
import type { Evaluator } from "./values/evaluate.ts";
import type { ScalarTyper } from "./values/scalars.ts";

/** A default that a card gives to an option of another section, or a variant to one of its own. */
export interface CardDefault {
  readonly value: unknown;
  readonly card: CardName;
}

/** What options are resolved with. */
export interface ResolveContext {
  readonly catalog: Catalog;
  readonly host: Host;
  readonly own: OwnComponents;
  readonly diagnostics: DiagnosticCollector;
  readonly evaluator: Evaluator;
  readonly typer: ScalarTyper;
  readonly recipe: {
    readonly name: string;
    /** The folder that defaults which are relative paths are relative to. */
    readonly directory: string;
  };
  /** The processors of the recipe's own. */
  readonly processors: OwnProcessors;
  /** Whether a missing option is a mistake: not in a recipe that others extend, nor where a card is not known. */
  mustBeComplete(): boolean;
  /** The cards of the recipe's sections, for saying where a misplaced option belongs. */
  cardsInUse(): readonly SectionInUse[];
  /** The default that a card gives for an option of `owner`'s, in the block of that path; the strongest one. */
  defaultFor(path: string, name: string, owner: Card): CardDefault | undefined;
  /** The value at a path such as `model.image_size` or `model.timesformer.n_frms`; "absent" where the recipe has no such option; of datasets `owner`'s own. */
  lookUp(path: string, owner: Card): Resolved | "absent" | undefined;
}

/** A section of the recipe, as far as its card is known. */
export interface SectionInUse {
  readonly kind: SectionKind;
  readonly card: Card;
  /** Its name and label as written last. */
  readonly header: Place | undefined;
  /** The section as written last, and the inside of its braces. */
  readonly whole: Place | undefined;
  readonly body: Place["span"] | undefined;
  /** Whether the recipe gives the option there. */
  gives(key: string): boolean;
}

/** What a set of options belongs to. */
export interface Owner {
  readonly card: Card;
  readonly variant: string | undefined;
  /** In words, for messages: "schedule `constant_lr`". */
  readonly described: string;
  /** The path of its options in a recipe, such as `dataset.vis_processor`; components' arguments have none. */
  readonly path: string | undefined;
  /** The section whose own options these are. */
  readonly section: SectionKind | undefined;
  /** Where a missing option is reported. */
  readonly place: Place;
}

/** The card of an owner, as origins name it. */
export const cardNameOf = ({ card, variant }: Pick<Owner, "card" | "variant">): CardName => ({
  kind: card.kind,
  name: card.name,
  ...(variant === undefined ? {} : { variant }),
});

/** An option that an element of a list or an entry of a map is resolved as. */
export const elementOption = (container: Option, type: Option["type"]): Option => ({
  type,
  doc: container.doc,
  ...(container.dimension && { dimension: container.dimension }),
  ...(container.range && { range: container.range }),
});
