import type {
  Diagnostic,
  DiagnosticCode,
  MessageDefinition,
  MessageParameters,
  SourceText,
} from "../../grammar/index.ts";
import { createDiagnostic } from "../../grammar/index.ts";
import { describeAbout, type Found } from "../check/rule.ts";
import type { Example, ExampleOf, Extra } from "../diagnostics/index.ts";
import type { Program } from "../program/index.ts";
import type { PartialRecipe, Place } from "../resolve/resolved.ts";
import type { WrittenString } from "./strings.ts";
import type { SuppressedName, Suppression } from "./suppressions.ts";

/** A recipe file as lint rules see it. */
export interface LintedFile {
  readonly program: Program;
  /** Every recipe of the file, as far as it could be resolved. */
  readonly partial: readonly PartialRecipe[];
  /** Whether the file uses a name, or may use it in what the parser could not read. */
  readonly isUsed: (name: string) => boolean;
  /** The strings that the file writes as values. */
  readonly strings: readonly WrittenString[];
  /** The names of this file that other files of the same run import. */
  readonly importedElsewhere: ReadonlySet<string>;
  readonly suppressions: readonly Suppression[];
  /** Whether the project lets recipes ignore warnings. */
  readonly allowsSuppression: boolean;
  /** The memory of the device that recipes train on, bytes; undefined where nobody said. */
  readonly deviceMemory: number | undefined;
  /** What ignored nothing; empty until every other rule has been asked. */
  readonly unusedSuppressions: readonly {
    readonly suppression: Suppression;
    readonly name: SuppressedName;
  }[];
  /** What a slug or a code stands for: a rule that can be ignored, another diagnostic, or nothing. */
  readonly ruleNamed: (subject: string) => "rule" | "error" | undefined;
  readonly ruleSlugs: readonly string[];
}

/** What a rule is called and what it says. */
interface LintText<M extends string, H extends string> {
  readonly code: DiagnosticCode;
  readonly slug: string;
  /** One line with `{placeholders}`. */
  readonly message: M;
  /** How to repair it, in one line with `{placeholders}`. */
  readonly help?: H;
  /** Why it matters, in Markdown. */
  readonly explanation: string;
  /** A text that the rule reports once, and the same as it should be: documentation and test at once. */
  readonly example: ExampleOf<Definition<M, H>>;
}

type Definition<M extends string, H extends string> = MessageDefinition & {
  readonly message: M;
  readonly help: H;
};
type Parameters<M extends string, H extends string> = MessageParameters<Definition<M, H>>;

/** Reports what a rule found in a recipe, as {@link describeAbout} says; or in a file, at a place. */
type RecipeReport<M extends string, H extends string> = (
  parameters: Parameters<M, H>,
  about: readonly (Found | Place)[],
  extra?: Extra,
) => void;
type FileReport<M extends string, H extends string> = (
  parameters: Parameters<M, H>,
  place: Place,
  extra?: Extra,
) => void;

/** A warning: its texts, and what finds it. Never throws, changes nothing. */
export interface LintRule extends MessageDefinition {
  readonly code: DiagnosticCode;
  readonly example: Example;
  /** Whether it looks at recipes as a whole, in which what a fragment says may come from another file. */
  readonly isAboutRecipes: boolean;
  readonly check: (file: LintedFile, add: (diagnostic: Diagnostic, source: SourceText) => void) => void;
}

/** A rule about what recipes mean. One that others extend is looked at through them. */
export function recipeRule<const M extends string, const H extends string = "">(
  text: LintText<M, H>,
  check: (recipe: PartialRecipe, report: RecipeReport<M, H>, file: LintedFile) => void,
): LintRule {
  const make = maker(text);
  return {
    ...definitionOf(text),
    isAboutRecipes: true,
    check(file, add) {
      for (const recipe of file.partial) {
        if (recipe.isBase) continue;
        const report: RecipeReport<M, H> = (parameters, about, extra = {}) => {
          const { place, ...rest } = describeAbout(recipe, about, extra);
          add(make(parameters, place, rest), place.source);
        };
        check(recipe, report, file);
      }
    },
  };
}

/** A rule about what a file says. */
export function fileRule<const M extends string, const H extends string = "">(
  text: LintText<M, H>,
  check: (file: LintedFile, report: FileReport<M, H>) => void,
): LintRule {
  const make = maker(text);
  return {
    ...definitionOf(text),
    isAboutRecipes: false,
    check: (file, add) =>
      check(file, (parameters, place, extra = {}) => add(make(parameters, place, extra), place.source)),
  };
}

/** What makes the diagnostics of a rule, each with its parameters. */
export function maker<const M extends string, const H extends string = "">(text: LintText<M, H>) {
  return (parameters: Parameters<M, H>, place: Place, extra: Extra = {}): Diagnostic => {
    const table = { [text.code]: definitionOf(text) };
    return createDiagnostic(table, text.code, parameters, { ...place, ...extra });
  };
}

export function definitionOf<M extends string, H extends string>(text: LintText<M, H>) {
  return { ...text, severity: "warning" } as const;
}
