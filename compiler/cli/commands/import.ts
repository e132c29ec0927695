import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { type Diagnostic, SourceText } from "../../../grammar/index.ts";
import { checkRecipe } from "../../check-recipe.ts";
import { importYaml } from "../../import-yaml/index.ts";
import { commonFolder } from "../../paths.ts";
import type { Host } from "../../program/index.ts";
import type { Format } from "../../report/index.ts";
import { exitCodeOf } from "../checking.ts";
import { type ExitCode, UsageError } from "../exit.ts";
import { openInputs } from "../inputs.ts";
import { showReport, type Terminal } from "../terminal.ts";

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
 * Turns LAVIS's YAML run configurations into recipes, and checks what it wrote. A file that LAVIS could not run
 * is refused with the reason; the others are written all the same.
 */
export async function importFiles(
  files: readonly string[],
  flags: ImportFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const { paths, host, stdinPath } = await openInputs(files, flags, terminal);
  const isPrinted = flags.stdout || (stdinPath !== undefined && flags.output === undefined);
  if (isPrinted && paths.length > 1)
    throw new UsageError("only one recipe can go to standard output", "name a folder with --output");
  if (isPrinted && flags.format !== "pretty")
    throw new UsageError(
      `the recipe and the diagnostics as ${flags.format} cannot both go to standard output`,
      "name a file with --output",
    );
  const targets = targetsOf(paths, flags.output, terminal);
  const outcomes = paths.map((path, at) => importFile(host, path, targets[at] ?? path));
  const written = outcomes.filter((outcome) => outcome.text !== undefined);
  if (isPrinted) for (const { text } of written) terminal.out(text ?? "");
  else writeAll(written, host, flags.force);
  show(outcomes, host, isPrinted, flags.format, terminal);
  const problems = outcomes.flatMap(({ diagnostics }) => diagnostics).filter((one) => !isLack(one));
  return exitCodeOf({ diagnostics: problems });
}

function importFile(host: Host, path: string, target: string): Outcome {
  const shown = host.display(path);
  const yaml = host.readFile(path);
  if (typeof yaml !== "string") throw new UsageError(`${shown} ${yaml.problem}`, yaml.hint);
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

const stemOf = (path: string): string => basename(path, extname(path));

/** Where each recipe goes. In a folder the YAML files keep their places relative to each other. */
function targetsOf(
  paths: readonly string[],
  output: string | undefined,
  { workingFolder }: Terminal,
): readonly string[] {
  const beside = paths.map((path) => join(dirname(path), `${stemOf(path)}.lavis`));
  if (output === undefined) return refuseShared(beside, paths);
  const place = resolve(workingFolder, output);
  if (extname(place) === ".lavis") {
    if (paths.length === 1) return [place];
    throw new UsageError(`${output} is one recipe, and there are ${paths.length} files`, "name a folder");
  }
  const root = commonFolder(beside.map((path) => dirname(path)));
  return refuseShared(
    beside.map((path) => join(place, relative(root, path))),
    paths,
  );
}

/** `a.yaml` and `a.yml` cannot both become `a.lavis`. */
function refuseShared(targets: readonly string[], paths: readonly string[]): readonly string[] {
  targets.forEach((target, at) => {
    const before = targets.indexOf(target);
    if (before < at)
      throw new UsageError(
        `${paths[before]} and ${paths[at]} would both become ${target}`,
        "import them one at a time",
      );
  });
  return targets;
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
