import type { Diagnostic, SourceText } from "../../grammar/index.ts";
import { compareDiagnostics } from "../../grammar/index.ts";
import { type CheckResult, checkRecipe } from "../check-recipe.ts";
import { oneOfNames, suggestionsFor } from "../diagnostics/suggestions.ts";
import type { Program } from "../program/index.ts";
import { countSeverities, type Format, type Report } from "../report/index.ts";
import type { PartialRecipe } from "../resolve/resolved.ts";
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
}

export interface CheckedFile extends CheckResult {
  readonly program: Program;
  /** The path as people read it. */
  readonly path: string;
}

export interface CheckedFiles {
  readonly files: readonly CheckedFile[];
  readonly report: Report;
  readonly exitCode: ExitCode;
}

/** Checks the files of a command line. Throws {@link UsageError} for a file or a recipe that is not there. */
export async function checkFiles(
  names: readonly string[],
  flags: RecipeFlags & Partial<ReportFlags>,
  terminal: Terminal,
): Promise<CheckedFiles> {
  const { paths, host } = await openInputs(names, flags, terminal);
  const files = paths.map((path): CheckedFile => {
    const shown = host.display(path);
    const { param: params, set: sets, recipe } = flags;
    const result = checkRecipe(host, path, { params, sets, recipe });
    const { program } = result;
    if ("problem" in program) throw new UsageError(`${shown} ${program.problem}`, program.hint);
    if (recipe !== undefined) chooseRecipe(result.partial, recipe, shown);
    return { ...result, program, path: shown };
  });
  const report = joinReports(files);
  return { files, report, exitCode: exitCodeOf(report, flags.maxWarnings) };
}

/** The recipe of a file by its name. Throws {@link UsageError} with the names that there are. */
export function chooseRecipe<R extends PartialRecipe>(recipes: readonly R[], name: string, path: string): R {
  const found = recipes.find((recipe) => recipe.name === name);
  if (found) return found;
  const names = recipes.map((recipe) => recipe.name);
  const near = suggestionsFor(name, names);
  const hint = near.length > 0 ? `did you mean ${oneOfNames(near)}?` : `it has ${oneOfNames(names, "and")}`;
  throw new UsageError(`${path} has no recipe ${name}`, names.length > 0 ? hint : "it has no recipes");
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

/** What a command that reports ends with: errors fail it, and more warnings than `maxWarnings`. */
export function exitCodeOf(
  { diagnostics }: Pick<Report, "diagnostics">,
  maxWarnings = Number.POSITIVE_INFINITY,
): ExitCode {
  const { error, warning } = countSeverities(diagnostics);
  return error > 0 || warning > maxWarnings ? exitCodes.diagnostics : exitCodes.clean;
}
