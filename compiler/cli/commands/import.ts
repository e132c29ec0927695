import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Diagnostic, SourceText } from "../../../grammar/index.ts";
import { checkRecipe } from "../../check-recipe.ts";
import { importYaml } from "../../import-yaml/index.ts";
import type { Host } from "../../program/index.ts";
import type { Format } from "../../report/index.ts";
import { exitCodeOf } from "../checking.ts";
import { type ExitCode, exitCodes, UsageError } from "../exit.ts";
import { openInputs } from "../inputs.ts";
import { showReport, showUserError, type Terminal } from "../terminal.ts";
import { findYamlFiles, placeRecipes, recipeBeside, stemOf } from "../yaml-inputs.ts";

export interface ImportFlags {
  /** A folder, or with one YAML file a recipe; beside each YAML file where not given. */
  readonly output?: string;
  readonly stdout: boolean;
  readonly force: boolean;
  readonly format: Format;
  readonly stdinFilename?: string;
}

/** A YAML file and what became of it. */
interface Outcome {
  /** The YAML file and the recipe, as people read them. */
  readonly shown: string;
  readonly target: string;
  /** The recipe's text; undefined where the file was refused. */
  readonly text: string | undefined;
  /** About the YAML where it was refused, else about the recipe. */
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, SourceText>;
}

/** Errors of recipes that are right and wait for a part of the runtime: the import itself has succeeded. */
const lackCodes: ReadonlySet<string> = new Set(["LV3018", "LV3050"]);
const isLack = ({ code }: Diagnostic): boolean => lackCodes.has(code);

/**
 * Turns LAVIS's YAML run configurations into recipes, and checks what it wrote; a folder stands for those in it. A
 * file that LAVIS could not run is refused with the reason, and one that is not there reported: the others are
 * written all the same.
 */
export async function importFiles(
  names: readonly string[],
  flags: ImportFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const { files, root, problems } = findYamlFiles(names, flags, terminal);
  const { paths, host, stdinPath } = await openInputs(files, flags, terminal);
  const isPrinted = flags.stdout || (stdinPath !== undefined && flags.output === undefined);
  if (isPrinted && paths.length > 1)
    throw new UsageError("only one recipe can go to standard output", "name a folder with --output");
  if (isPrinted && flags.format !== "pretty")
    throw new UsageError(
      `the recipe and the diagnostics as ${flags.format} cannot both go to standard output`,
      "name a file with --output",
    );
  const { output } = flags;
  const targets = isPrinted
    ? paths.map(recipeBeside)
    : placeRecipes(paths, { root, output, stdinPath }, terminal);
  const read = paths.map((path, at) => importFile(host, path, targets[at] ?? path));
  const outcomes = read.flatMap((one) => (one instanceof UsageError ? [] : [one]));
  const written = outcomes.filter((outcome) => outcome.text !== undefined);
  if (isPrinted) for (const { text } of written) terminal.out(text ?? "");
  else writeAll(written, host, flags.force);
  const unread = [...problems, ...read.filter((one): one is UsageError => one instanceof UsageError)];
  for (const problem of unread) showUserError(problem, terminal);
  if (outcomes.length > 0) show(outcomes, host, isPrinted, flags.format, terminal);
  if (unread.length > 0) return exitCodes.usage;
  const errors = outcomes.flatMap(({ diagnostics }) => diagnostics).filter((one) => !isLack(one));
  return exitCodeOf({ diagnostics: errors });
}

/** What becomes of a YAML file, or why it cannot be read. */
function importFile(host: Host, path: string, target: string): Outcome | UsageError {
  const shown = host.display(path);
  const yaml = host.readFile(path);
  if (typeof yaml !== "string") return new UsageError(`${shown} ${yaml.problem}`, yaml.hint);
  const source = new SourceText(yaml, shown);
  const imported = importYaml(source, { stem: stemOf(path) });
  if (imported.kind === "refused") {
    const { diagnostics } = imported;
    return { shown, target, text: undefined, diagnostics, sources: new Map([[shown, source]]) };
  }
  const { text } = imported;
  const readFile: Host["readFile"] = (one) => (one === target ? text : host.readFile(one));
  const { diagnostics, sources } = checkRecipe({ ...host, readFile }, target);
  return { shown, target, text, diagnostics, sources };
}

function writeAll(outcomes: readonly Outcome[], host: Host, force: boolean): void {
  const taken = outcomes.filter(({ target, text }) => {
    const before = host.readFile(target);
    return typeof before === "string" && before !== text;
  });
  const [first] = taken;
  if (first && !force) {
    const more = taken.length > 1 ? `, and ${taken.length - 1} more` : "";
    throw new UsageError(
      `${host.display(first.target)} is there already, with another text${more}`,
      "--force overwrites",
    );
  }
  for (const { target, text } of outcomes) {
    try {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text ?? "");
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new UsageError(`${host.display(target)} cannot be written: ${why}`);
    }
  }
}

/** For people, a line for each recipe and in full what they must look at; for programs, every diagnostic. */
function show(
  outcomes: readonly Outcome[],
  host: Host,
  isPrinted: boolean,
  format: Format,
  terminal: Terminal,
): void {
  const isForPeople = format === "pretty";
  if (isForPeople && !isPrinted)
    for (const outcome of outcomes) terminal.error(summary(outcome, host.display(outcome.target)));
  const diagnostics = outcomes
    .flatMap((outcome) => outcome.diagnostics)
    .filter((one) => !isForPeople || !isLack(one));
  if (isForPeople && diagnostics.length === 0) return;
  const sources = new Map(outcomes.flatMap((outcome) => [...outcome.sources]));
  showReport({ diagnostics, sources, numFiles: outcomes.length }, format, terminal);
}

/** "a.yaml → a.lavis (2 FIXME comments; needs model `blip2_opt`, which the runtime lacks)". */
function summary({ shown, text, diagnostics }: Outcome, target: string): string {
  if (text === undefined) return `${shown} is refused\n`;
  const numFixmes = text.match(/^\s*\/\/ FIXME\(import\):/gm)?.length ?? 0;
  const lacks = diagnostics.filter(isLack).map(({ message }) => message);
  const remarks = [
    ...(numFixmes > 0 ? [`${numFixmes} FIXME comment${numFixmes === 1 ? "" : "s"}`] : []),
    ...lacks,
  ];
  return `${shown} → ${target}${remarks.length > 0 ? ` (${remarks.join("; ")})` : ""}\n`;
}
