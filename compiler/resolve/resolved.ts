/**
 * The result of resolving: every value of a recipe, with its type and where it came from.
 *
 * Numbers are in the base unit of their dimension. Paths are absolute, URLs, or begin with `cache:` (relative
 * to the data cache); those whose option says so may be relative to where the program will run. A scalar that
 * depends on a parameter also carries the expression that computes it from the parameters, so that an emitted
 * program can follow them.
 */

import type { SourceText, Span } from "../../grammar/index.ts";
import type { Card, ComponentKind, Dimension, Option, OptionType } from "../../runtime/card.ts";
import { isOwnCard, type OwnCard } from "../own/index.ts";

/** A stretch of a source text. */
export interface Place {
  readonly source: SourceText;
  readonly span: Span;
}

/** The card (and a model's variant) that a default comes from. */
export interface CardName {
  readonly kind: ComponentKind;
  readonly name: string;
  readonly variant?: string | undefined;
}

/** Where a value came from. */
export type Origin =
  /** Written in a recipe: the one resolved, or one that it extends (`inherited`). */
  | { readonly kind: "recipe"; readonly recipe: string; readonly inherited: boolean; readonly place: Place }
  /** Written in a fragment that a recipe uses. */
  | { readonly kind: "fragment"; readonly fragment: string; readonly place: Place }
  /** A default of the catalogue. */
  | { readonly kind: "default"; readonly card: CardName }
  /** The default that `card` states is the value of another option, named by its path in the recipe. */
  | { readonly kind: "follows"; readonly path: string; readonly card: CardName }
  /** `--set path=value` or `-p name=value`; `place` lies in a source that holds the text as given. */
  | { readonly kind: "set" | "parameter"; readonly text: string; readonly place: Place };

export type Scalar = number | string | boolean | null;

/** How a scalar is computed from the parameters when the program runs; numbers are in base units. */
export type RuntimeExpression =
  | { readonly kind: "constant"; readonly value: Scalar }
  | { readonly kind: "parameter"; readonly name: string }
  | {
      readonly kind: "arithmetic";
      readonly operator: "+" | "-" | "*" | "/";
      readonly left: RuntimeExpression;
      readonly right: RuntimeExpression;
    }
  /** `"a ${b}"` and `"a" + b`: the parts one after another. */
  | { readonly kind: "text"; readonly parts: readonly RuntimeExpression[] }
  /** `a / b` of paths: the parts with slashes between. */
  | { readonly kind: "join"; readonly parts: readonly RuntimeExpression[] }
  /** A path; where relative, it is relative to `directory` (absolute: the folder of the recipe file). */
  | { readonly kind: "resolve"; readonly directory: string; readonly path: RuntimeExpression }
  /** The value that a map gives for a key. */
  | {
      readonly kind: "lookup";
      readonly key: RuntimeExpression;
      readonly map: Readonly<Record<string, Scalar>>;
    }
  /** A secret: the program holds the name of its variable and reads it where it is needed. */
  | { readonly kind: "secret"; readonly variable: string }
  /** An environment variable, read as `type`; without `otherwise` it must be set. Only in parameters' defaults. */
  | {
      readonly kind: "environment";
      readonly name: string;
      readonly type: OptionType;
      readonly otherwise: Scalar | undefined;
    };

interface ResolvedBase {
  /** The option that the value is for; an element of a list or map has its container's option. */
  readonly option: Option;
  readonly type: OptionType;
  readonly origin: Origin;
  /** Where the value (not its key) is written; absent for defaults. */
  readonly written: Place | undefined;
}

export interface ResolvedScalar extends ResolvedBase {
  readonly kind: "scalar";
  /** Undefined where only the run knows it: it depends on a parameter that has no default. */
  readonly value: Scalar | undefined;
  /** Present where the value depends on a parameter. */
  readonly expression: RuntimeExpression | undefined;
}

export interface ResolvedList extends ResolvedBase {
  readonly kind: "list";
  readonly elements: readonly Resolved[];
}

/** A component written as a value, such as a processor. */
export interface ResolvedComponent extends ResolvedBase {
  readonly kind: "component";
  readonly card: Card;
  readonly options: ResolvedOptions;
}

export interface ResolvedBlock extends ResolvedBase {
  readonly kind: "block";
  readonly options: ResolvedOptions;
}

/** A block with keys of the user's. */
export interface ResolvedMap extends ResolvedBase {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, Resolved>;
  /** Where the keys that somebody wrote stand. */
  readonly keys: ReadonlyMap<string, Place>;
}

export type Resolved = ResolvedScalar | ResolvedList | ResolvedComponent | ResolvedBlock | ResolvedMap;

/** By name, in the card's order. Complete where no diagnostic said otherwise. */
export type ResolvedOptions = ReadonlyMap<string, Resolved>;

/** `task captioning { … }`, `model blip_caption.tiny { … }`, `run { … }`, … */
export interface ResolvedSection<K extends ComponentKind = ComponentKind> {
  readonly kind: K;
  /** The dataset's own name; of other sections the card's name. */
  readonly label: string;
  readonly card: Card;
  /** Models: the variant (LAVIS's `model_type`). */
  readonly variant: string | undefined;
  readonly options: ResolvedOptions;
  readonly docs: string;
  /** A section that the recipe leaves out has the origin "default". */
  readonly origin: Origin;
  /** The section's kind and label as written; absent where the recipe leaves it out. */
  readonly header: Place | undefined;
}

/** The type of a parameter: one of the scalar option types, or a union of literals. */
export interface ParameterType {
  readonly type: OptionType;
  readonly dimension: Dimension | undefined;
  readonly nullable: boolean;
}

/** A parameter of the recipe, which the emitted program takes as a flag. */
export interface ResolvedParameter extends ParameterType {
  readonly name: string;
  readonly docs: string;
  /** The value when the program is not told another; undefined: it must be. */
  readonly value: Scalar | undefined;
  /** Present where the default is read from the environment when the program runs: the emitted one says this. */
  readonly expression: RuntimeExpression | undefined;
  /** "parameter" where the command line of the compiler gave the value, else its declaration. */
  readonly origin: Origin;
  readonly place: Place;
}

/** A value that the program reads when it runs and that is never written to its output. */
export interface ResolvedSecret {
  readonly name: string;
  readonly docs: string;
  /** The environment variable. */
  readonly variable: string;
  readonly place: Place;
}

/** A recipe as far as it could be resolved. */
export interface PartialRecipe {
  readonly name: string;
  readonly docs: string;
  /** The recipe's name where it is declared. */
  readonly place: Place;
  /** The recipes that it extends, nearest first. */
  readonly bases: readonly string[];
  /** Another recipe of the file extends this one, so it need not be complete. */
  readonly isBase: boolean;
  readonly task: ResolvedSection<"task"> | undefined;
  readonly model: ResolvedSection<"model"> | undefined;
  readonly datasets: readonly ResolvedSection<"dataset">[];
  readonly schedule: ResolvedSection<"schedule"> | undefined;
  readonly optimizer: ResolvedSection<"optimizer"> | undefined;
  readonly run: ResolvedSection<"run"> | undefined;
  /** The cards of the processors of the user's own that it declares. */
  readonly processors: readonly OwnCard[];
  /** In the order of their declaration, those of the recipe's own file first. */
  readonly parameters: readonly ResolvedParameter[];
  readonly secrets: readonly ResolvedSecret[];
}

/** A whole recipe without errors: what is emitted. */
export interface ResolvedRecipe extends PartialRecipe {
  readonly task: ResolvedSection<"task">;
  readonly model: ResolvedSection<"model">;
  readonly schedule: ResolvedSection<"schedule">;
  readonly optimizer: ResolvedSection<"optimizer">;
  readonly run: ResolvedSection<"run">;
}

/** The sections of a recipe in their order: task, model, datasets, schedule, optimizer, run. */
export function sectionsOf(recipe: PartialRecipe): readonly ResolvedSection[] {
  const { task, model, datasets, schedule, optimizer, run } = recipe;
  return [task, model, ...datasets, schedule, optimizer, run].filter((section) => section !== undefined);
}

/** The cards of the user's own components in a recipe, in the order of its sections, then its processors. */
export function ownCardsOf(recipe: PartialRecipe): readonly OwnCard[] {
  return [...sectionsOf(recipe).map(({ card }) => card), ...recipe.processors].filter(isOwnCard);
}

/** A value as plain data: what `run.json` and the runtime see; undefined parts are known only to the run. */
export function plainValue(resolved: Resolved): unknown {
  switch (resolved.kind) {
    case "scalar":
      return resolved.value;
    case "list":
      return resolved.elements.map(plainValue);
    case "component":
      return { name: resolved.card.name, options: plainOptions(resolved.options) };
    case "block":
      return plainOptions(resolved.options);
    case "map":
      return plainOptions(resolved.entries);
  }
}

/** Options as plain data, by name. */
export function plainOptions(options: ReadonlyMap<string, Resolved>): Record<string, unknown> {
  return Object.fromEntries([...options].map(([name, value]) => [name, plainValue(value)]));
}
