import { type Declaration, SourceText } from "../../grammar/index.ts";
import type { Catalog } from "../catalog/index.ts";
import { type DiagnosticCollector, didYouMean, suggestionsFor } from "../diagnostics/index.ts";
import type { OwnComponents } from "../own/index.ts";
import type { Declared, Host, Program, SourceFile } from "../program/index.ts";
import { Composer } from "./compose.ts";
import { reportUnknownKeys } from "./fragment-keys.ts";
import { reportUnknownKinds } from "./fragment-kinds.ts";
import { resolveRecipe } from "./recipe.ts";
import {
  type PartialRecipe,
  type Resolved,
  type ResolvedParameter,
  type ResolvedSecret,
  sectionsOf,
} from "./resolved.ts";
import { Evaluator, leavesOf } from "./values/evaluate.ts";
import { ScalarTyper } from "./values/scalars.ts";
import { resolveSecret } from "./values/secrets.ts";

/** What the command line adds to a program. */
export interface Given {
  /** `-p`: `name=value`, as written. */
  readonly parameters: readonly string[];
  /** `--set`: `section.key=value`, as written, later ones win. */
  readonly sets: readonly string[];
  /** The recipe that `sets` are for; every one, unless given. */
  readonly recipe?: string | undefined;
}

/** Resolves every recipe of a program's entry file, in the order of their declaration. */
export function resolveProgram(
  program: Program,
  host: Host,
  catalog: Catalog,
  diagnostics: DiagnosticCollector,
  given: Given,
  own: OwnComponents,
): readonly PartialRecipe[] {
  const { entry } = program;
  const evaluator = new Evaluator(host, diagnostics, readGiven(program, given.parameters, diagnostics));
  const typer = new ScalarTyper(host, diagnostics);
  const composer = new Composer(diagnostics);
  const { parameters, secrets } = resolveDeclarations(program, evaluator, diagnostics);
  const recipes = declared(entry, "recipe");
  const bases = new Set(
    recipes.flatMap(({ declaration: { base } }) => (base ? [entry.names.get(base.text)?.declaration] : [])),
  );
  const resolved = recipes.map((recipe) => {
    const isBase = bases.has(recipe.declaration);
    const isSet = given.recipe === undefined || given.recipe === recipe.declaration.name.text;
    const sets = isSet ? given.sets : [];
    const surroundings = { catalog, host, own, diagnostics, evaluator, typer, sets, isBase };
    const sections = resolveRecipe(recipe, composer.compose(recipe), surroundings);
    const partial = { ...sections, parameters: [], secrets: [] };
    const used = usedBy(partial);
    // All of the recipe's own file and, of secrets, that it imports; of other files those that its values use.
    return {
      ...partial,
      parameters: parameters.filter(
        ({ name, place }) => place.source === entry.source || used.parameters.has(name),
      ),
      secrets: secrets.filter(
        ({ name, variable, place }) => isVisible(entry, name, place.source) || used.variables.has(variable),
      ),
    };
  });
  const fragments = [...program.files.values()].flatMap((file) => declared(file, "fragment"));
  const unused = composer.visitUnused(fragments);
  reportUnknownKinds(unused, catalog, diagnostics);
  reportUnknownKeys(unused, catalog, diagnostics);
  return resolved;
}

/** Whether a name of a file can be used in another. */
const isVisible = (file: SourceFile, name: string, source: SourceText): boolean =>
  file.names.get(name)?.file.source === source;

function declared<K extends Declaration["kind"]>(
  file: SourceFile,
  kind: K,
): readonly Declared<Extract<Declaration, { kind: K }>>[] {
  return [...file.declarations.values()]
    .filter((one): one is Extract<Declaration, { kind: K }> => one.kind === kind)
    .map((declaration) => ({ declaration, file }));
}

/** Every parameter, let and secret of the program, also those that nothing uses: they must be right all the same. */
function resolveDeclarations(
  program: Program,
  evaluator: Evaluator,
  diagnostics: DiagnosticCollector,
): { readonly parameters: readonly ResolvedParameter[]; readonly secrets: readonly ResolvedSecret[] } {
  const files = [...program.files.values()];
  const parameters = files.flatMap((file) =>
    declared(file, "param").flatMap((one) => evaluator.parameter(one) ?? []),
  );
  for (const file of files) for (const one of declared(file, "let")) evaluator.let(one);
  const secrets = files.flatMap((file) =>
    declared(file, "secret").flatMap((one) => resolveSecret(one, diagnostics) ?? []),
  );
  return { parameters, secrets };
}

/** The parameters that a recipe's values use, and the environment variables of the secrets. */
function usedBy(recipe: PartialRecipe) {
  const [parameters, variables] = [new Set<string>(), new Set<string>()];
  const visit = (resolved: Resolved): void => {
    const expression = resolved.kind === "scalar" ? resolved.expression : undefined;
    for (const leaf of expression ? leavesOf(expression) : []) {
      if (leaf.kind === "parameter") parameters.add(leaf.name);
      else if (leaf.kind === "secret") variables.add(leaf.variable);
    }
    for (const inner of innerOf(resolved)) visit(inner);
  };
  for (const section of sectionsOf(recipe)) for (const value of section.options.values()) visit(value);
  return { parameters, variables };
}

function innerOf(resolved: Resolved): Iterable<Resolved> {
  switch (resolved.kind) {
    case "scalar":
      return [];
    case "list":
      return resolved.elements;
    case "map":
      return resolved.entries.values();
    default:
      return resolved.options.values();
  }
}

/** The values of `-p` by name; names that no file of the program declares are reported. */
function readGiven(
  program: Program,
  texts: readonly string[],
  diagnostics: DiagnosticCollector,
): ReadonlyMap<string, string> {
  const names = new Set([...program.files.values()].flatMap((file) => declared(file, "param")).map(nameOf));
  const given = new Map<string, string>();
  for (const text of texts) {
    const equals = text.indexOf("=");
    const name = text.slice(0, equals < 0 ? undefined : equals);
    if (equals >= 0 && names.has(name)) {
      given.set(name, text.slice(equals + 1));
      continue;
    }
    const near = suggestionsFor(name, names);
    const none = names.size === 0 ? ["The recipe has no parameters."] : didYouMean(near);
    const notes = equals < 0 ? ["It is written `-p name=value`."] : none;
    const place = { source: new SourceText(text, `-p ${text}`), span: { start: 0, end: name.length } };
    diagnostics.report("LV2025", { name }, place, { notes });
  }
  return given;
}

const nameOf = ({ declaration }: Declared): string => declaration.name.text;
