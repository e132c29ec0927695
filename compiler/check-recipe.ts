import type { Diagnostic, SourceText } from "../grammar/index.ts";
import { type Catalog, catalog as runtimeCatalog } from "./catalog/index.ts";
import { checkMeaning } from "./check/index.ts";
import { DiagnosticCollector } from "./diagnostics/index.ts";
import { OwnComponents, OwnLibrary } from "./own/index.ts";
import { type Host, loadProgram, type Program, type Unreadable } from "./program/index.ts";
import { type PartialRecipe, type ResolvedRecipe, resolveProgram } from "./resolve/index.ts";

/** How a recipe is checked, beside what its files say. */
export interface CheckOptions {
  /** `-p`: `name=value` each. */
  readonly params?: readonly string[];
  /** `--set`: `section.key=value` each; later ones win. */
  readonly sets?: readonly string[];
  /** The recipe that `sets` are for; all of the file's, unless given. */
  readonly recipe?: string | undefined;
  readonly catalog?: Catalog;
  /** What is known of users' own TypeScript files; kept by those that check more than once. */
  readonly library?: OwnLibrary;
}

export interface CheckResult {
  /** Why there is none, where the file cannot be read. */
  readonly program: Program | Unreadable;
  /** Every recipe of the file, as far as it could be resolved. */
  readonly partial: readonly PartialRecipe[];
  /** The whole recipes, ready to be emitted; none where a diagnostic is an error. */
  readonly recipes: readonly ResolvedRecipe[];
  /** In the order of their places. */
  readonly diagnostics: readonly Diagnostic[];
  /** The texts that diagnostics point into, by their path: files, and what the command line gave. */
  readonly sources: ReadonlyMap<string, SourceText>;
  /** The TypeScript files of the user's own components. */
  readonly own: Pick<OwnComponents, "files" | "absent">;
}

/**
 * Reads, resolves and checks a recipe file. Mistakes of recipes are diagnostics; nothing is thrown, nothing
 * but the files that it names is read, no network is touched.
 */
export function checkRecipe(host: Host, path: string, options: CheckOptions = {}): CheckResult {
  const { params = [], sets = [], recipe, catalog = runtimeCatalog, library = new OwnLibrary() } = options;
  const diagnostics = new DiagnosticCollector();
  const program = loadProgram(host, path, diagnostics);
  const own = new OwnComponents(library, host, diagnostics);
  if ("problem" in program)
    return { program, partial: [], recipes: [], diagnostics: [], sources: new Map(), own };
  const given = { parameters: params, sets, recipe };
  const partial = resolveProgram(program, host, catalog, diagnostics, given, own);
  for (const one of partial) checkMeaning(one, diagnostics);
  const whole = diagnostics.hasErrors ? [] : partial.filter(isWhole);
  const sources = new Map([...program.files.values()].map(({ source }) => [source.path, source]));
  for (const source of diagnostics.sources()) sources.set(source.path, source);
  return { program, partial, recipes: whole, diagnostics: diagnostics.all(), sources, own };
}

function isWhole(recipe: PartialRecipe): recipe is ResolvedRecipe {
  const { task, model, datasets, schedule, optimizer, run, isBase } = recipe;
  return !isBase && datasets.length > 0 && ![task, model, schedule, optimizer, run].includes(undefined);
}
