import type { SourceText, Span } from "../../grammar/index.ts";
import type { Card } from "../../runtime/card.ts";
import { type OwnKind, ownOptions } from "../../runtime/own/options.card.ts";

/** A TypeScript file of a user's. */
export interface OwnFile {
  /** Absolute. */
  readonly path: string;
  readonly source: SourceText;
}

/** A stretch of a TypeScript file. */
export interface OwnPlace extends OwnFile {
  readonly span: Span;
}

/** The card of a component that a user's own TypeScript file describes. */
export interface OwnCard extends Card<OwnKind> {
  readonly own: {
    /** The file that a recipe names. */
    readonly file: OwnFile;
    /** That file and those that it imports by a relative path, in the order of their paths. */
    readonly files: readonly OwnFile[];
    /** Where `create` is. */
    readonly create: OwnPlace;
    /** Where the property of each option is, by the option's path: `layers.width`. */
    readonly options: ReadonlyMap<string, OwnPlace>;
    /** Whether its options as a whole are nothing that a recipe could write, which is reported. */
    readonly isUnreadable: boolean;
    /** Tasks: why a model is not what `create` asks for, from the types to what one lacks; undefined where it is. */
    readonly misfit?: (model: Card) => readonly string[] | undefined;
  };
}

export const isOwnCard = (card: Card): card is OwnCard => "own" in card;

/** Whether components of a kind can be a user's own. */
export const isOwnKind = (kind: string): kind is OwnKind => Object.hasOwn(ownOptions, kind);

/**
 * The kinds whose components are values of options: a recipe declares those of its own, and names them where it uses
 * them.
 */
export const ownProcessorKinds = ["vis_processor", "text_processor"] as const;
export type OwnProcessorKind = (typeof ownProcessorKinds)[number];

export const isOwnProcessorKind = (kind: string): kind is OwnProcessorKind =>
  (ownProcessorKinds as readonly string[]).includes(kind);
