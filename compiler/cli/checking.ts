import type { Diagnostic, SourceText } from "../../grammar/index.ts";
import { compareDiagnostics } from "../../grammar/index.ts";
import { type CheckResult, checkRecipe } from "../check-recipe.ts";
import { type Configuration, Configurations, lintSettings } from "../config/index.ts";
import { oneOfNames, someOfNames, suggestionsFor } from "../diagnostics/suggestions.ts";
import { lint } from "../lint/index.ts";
import { OwnLibrary } from "../own/index.ts";
import type { Host, Program } from "../program/index.ts";
import { countSeverities, type Format, type Report } from "../report/index.ts";
import type { PartialRecipe } from "../resolve/resolved.ts";
import { type Baseline, partByBaselines } from "./baselines.ts";
import { type ExitCode, exitCodes, UsageError } from "./exit.ts";
import { openInputs } from "./inputs.ts";
import type { Terminal } from "./terminal.ts";

/** The flags of every command that resolves recipes. */
export interface RecipeFlags {
  readonly param: readonly string[];
  readonly set: readonly string[];
  readonly recipe?: string;
  readonly stdinFilename?: string;
}

/** The flags of commands that report diagnostics. */
export interface ReportFlags extends RecipeFlags {
  readonly format: Format;
  readonly maxWarnings?: number;
  /** How many diagnostics people are shown at most. */
  readonly maxDiagnostics?: number;
  /** Show errors only. */
  readonly quiet?: boolean;
  /** Begin again when a file changes. */
  readonly watch?: boolean;
}

export interface CheckedFile extends CheckResult {
  readonly program: Program;
  /** The path as people read it. */
  readonly path: string;
  readonly configuration: Configuration;
}

export interface CheckedFiles {
  readonly files: readonly CheckedFile[];
  readonly report: Report;
  readonly exitCode: ExitCode;
}

/** What a command line asks for, beside its files. */
export interface CheckRequest extends RecipeFlags {
  readonly maxWarnings?: number;
  readonly maxDiagnostics?: number;
  /** A baseline file instead of that of `lavisc.json`; absolute. */
  readonly baseline?: string | undefined;
  /** Whether lint rules are asked as well. */
  readonly warns: boolean;
}

/** Files that have been checked, and what their baselines know beyond it. */
export interface CheckedPaths extends CheckedFiles {
  readonly baselines: readonly Baseline[];
}

/**
 * Checks the files of a command line, and asks the lint rules about them. Throws {@link UsageError} for a file or a
 * recipe that is not there.
 */
export async function checkFiles(
  names: readonly string[],
  flags: RecipeFlags & Partial<ReportFlags>,
  terminal: Terminal,
): Promise<CheckedFiles> {
  const { paths, host } = await openInputs(names, flags, terminal);
  return checkPaths(paths, host, { ...flags, warns: true });
}

/** Checks the files of a command line for errors alone, as commands do that are not about what is wrong with them. */
export async function resolveFiles(
  names: readonly string[],
  flags: RecipeFlags,
  terminal: Terminal,
): Promise<CheckedFiles> {
  const { paths, host } = await openInputs(names, flags, terminal);
  return checkPaths(paths, host, { ...flags, warns: false });
}

/** Checks files by their absolute paths. */
export function checkPaths(paths: readonly string[], host: Host, request: CheckRequest): CheckedPaths {
  const configurations = new Configurations(host);
  const library = new OwnLibrary();
  const files = paths.map((path): CheckedFile => {
    const shown = host.display(path);
    const configuration = configurations.ofFile(path);
    refuseOverrides(request, configuration);
    const { param: params, set: sets, recipe } = request;
    const result = checkRecipe(host, path, { params, sets, recipe, library });
    const { program } = result;
    if ("problem" in program) throw new UsageError(`${shown} ${program.problem}`, program.hint);
    if (recipe !== undefined) chooseRecipe(result.partial, recipe, shown);
    return { ...result, program, path: shown, configuration };
  });
  const { report: whole, baselines } = request.warns
    ? withWarnings(files, host, request)
    : { report: joinReports(files), baselines: [] };
  const report = { ...whole, maxShown: request.maxDiagnostics };
  return { files, report, baselines, exitCode: exitCodeOf(report, request.maxWarnings) };
}

function refuseOverrides({ set: [first] }: RecipeFlags, { overrides, path }: Configuration): void {
  if (first === undefined || overrides !== "params-only") return;
  throw new UsageError(
    `\`--set ${first}\` is not allowed: ${path} says \`overrides: "params-only"\``,
    "make the option follow a `param` of the recipe, and give that with -p",
  );
}

/** The recipe of a file by its name. Throws {@link UsageError} with the names that there are. */
export function chooseRecipe<R extends PartialRecipe>(recipes: readonly R[], name: string, path: string): R {
  const found = recipes.find((recipe) => recipe.name === name);
  if (found) return found;
  const names = recipes.map((recipe) => recipe.name);
  const near = suggestionsFor(name, names);
  const hint = near.length > 0 ? `did you mean ${oneOfNames(near)}?` : `it has ${someOfNames(names, "and")}`;
  throw new UsageError(`${path} has no recipe ${name}`, names.length > 0 ? hint : "it has no recipes");
}

/**
 * The recipes that a command tells of: the one that is named, otherwise all that are no base of another. Throws
 * {@link UsageError} where a file without errors has none.
 */
export function chosenRecipes(
  { files, exitCode }: CheckedFiles,
  { recipe }: Pick<RecipeFlags, "recipe">,
): readonly PartialRecipe[] {
  return files.flatMap(({ partial, path }) => {
    if (recipe !== undefined) return [chooseRecipe(partial, recipe, path)];
    const found = partial.filter(({ isBase }) => !isBase);
    if (found.length === 0 && exitCode === exitCodes.clean)
      throw new UsageError(`${path} has no recipe`, "it may be made to be imported");
    return found;
  });
}

/** What is wrong with a file that several others import is said once. */
function joinReports(files: readonly CheckedFile[]): Report {
  const sources = new Map<string, SourceText>();
  const diagnostics = new Map<string, Diagnostic>();
  for (const file of files) {
    for (const [path, source] of file.sources) sources.set(path, source);
    for (const one of file.diagnostics)
      diagnostics.set([one.path, one.span.start, one.span.end, one.code, one.message].join(" "), one);
  }
  return { diagnostics: [...diagnostics.values()].sort(compareDiagnostics), sources, numFiles: files.length };
}

/** Errors and warnings together, without those that comments or baselines take out. */
function withWarnings(
  files: readonly CheckedFile[],
  host: Host,
  { baseline }: CheckRequest,
): { readonly report: Report; readonly baselines: readonly Baseline[] } {
  const errors = joinReports(files);
  const { findings, suppressed } = lint(
    files.map(({ configuration, ...file }) => ({
      ...file,
      settings: lintSettings(configuration),
    })),
  );
  const parted = partByBaselines({ findings, files, sources: errors.sources, baseline }, host);
  const diagnostics = [...errors.diagnostics, ...parted.findings].sort(compareDiagnostics);
  const report = { ...errors, diagnostics, suppressed: [...suppressed, ...parted.suppressed] };
  return { report, baselines: parted.baselines };
}

/** What a command that reports ends with: errors fail it, and more warnings than `maxWarnings`. */
export function exitCodeOf(
  { diagnostics }: Pick<Report, "diagnostics">,
  maxWarnings = Number.POSITIVE_INFINITY,
): ExitCode {
  const { error, warning } = countSeverities(diagnostics);
  return error > 0 || warning > maxWarnings ? exitCodes.diagnostics : exitCodes.clean;
}
