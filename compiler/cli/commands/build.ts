import { join, relative, resolve } from "node:path";
import { someOfNames } from "../../diagnostics/suggestions.ts";
import { ownPackage } from "../../package.ts";
import type { ResolvedRecipe } from "../../resolve/resolved.ts";
import {
  type CheckedFile,
  type CheckedFiles,
  checkFiles,
  chooseRecipe,
  type ReportFlags,
} from "../checking.ts";
import { type ExitCode, exitCodes, UsageError } from "../exit.ts";
import { showReport, type Terminal } from "../terminal.ts";
import { watch } from "../watching.ts";

export interface BuildFlags extends ReportFlags {
  readonly output: string;
  readonly force: boolean;
}

/** A recipe to build and the file that it stands in. */
interface Target {
  readonly file: CheckedFile;
  readonly recipe: ResolvedRecipe;
}

/**
 * Compiles recipes into programs: one into the output folder itself, several into a folder each below it,
 * named after the recipe. Nothing is written where there are errors: what an earlier build made stays.
 */
export async function build(
  files: readonly string[],
  flags: BuildFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const check = () => checkFiles(files, flags, terminal);
  const conclude = (checked: CheckedFiles) => buildChecked(checked, flags, terminal);
  return flags.watch ? watch({ files, check, conclude }, terminal) : conclude(await check());
}

async function buildChecked(
  { files, report, exitCode }: CheckedFiles,
  flags: BuildFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const isClean = exitCode === exitCodes.clean;
  if (!isClean || report.diagnostics.length > 0 || flags.format !== "pretty")
    showReport(report, flags.format, terminal, flags.quiet);
  if (!isClean) return exitCode;

  const targets = files.map((file): Target => ({ file, recipe: recipeOf(file, flags.recipe) }));
  const output = resolve(terminal.workingFolder, flags.output);
  const folders = targets.map(({ recipe }) => (targets.length === 1 ? output : join(output, recipe.name)));
  refuseSharedFolders(targets, folders);

  // The emitter brings the TypeScript compiler along: nothing else pays for loading it.
  const { emitProgram, requireFolder, sourceHashes, writeProgram } = await import("../../emit/index.ts");
  const { folder: packageFolder, version, runtimeTypes } = ownPackage();
  const emitted = targets.map((target, at) => {
    const locations = { outputFolder: folders[at] ?? output, workingFolder: terminal.workingFolder };
    requireFolder(locations.outputFolder);
    return { ...target, locations, program: emitProgram(target.recipe, locations, runtimeTypes) };
  });
  for (const { file, recipe, locations, program } of emitted) {
    const { outputFolder } = locations;
    const overrides = [
      ...flags.param.map((text) => `-p ${text}`),
      ...flags.set.map((text) => `--set ${text}`),
    ];
    const sources = sourceHashes([...file.program.files.values(), ...file.own.files.values()], locations);
    writeProgram(program, {
      outputFolder,
      packageFolder,
      force: flags.force,
      build: { lavisc: version, recipe: recipe.name, overrides, sources },
    });
    if (flags.format === "pretty") {
      const shown = relative(terminal.workingFolder, join(outputFolder, "run.js"));
      terminal.error(
        `${recipe.name}: node ${shown.startsWith("..") ? join(outputFolder, "run.js") : shown}\n`,
      );
    }
  }
  return exitCodes.clean;
}

/** The recipe that is asked for, or the only one that is not the base of another. */
function recipeOf({ recipes, partial, path }: CheckedFile, name: string | undefined): ResolvedRecipe {
  if (name !== undefined) {
    const found = chooseRecipe(partial, name, path);
    if (found.isBase && !recipes.some((recipe) => recipe.name === name))
      throw new UsageError(`${name} is a base for other recipes of ${path}`, "build one that extends it");
    return chooseRecipe(recipes, name, path);
  }
  const [only, ...others] = recipes;
  if (!only) throw new UsageError(`${path} has no recipe to build`, "it may be made to be imported");
  if (others.length === 0) return only;
  const names = recipes.map((recipe) => recipe.name);
  throw new UsageError(
    `${path} has ${recipes.length} recipes`,
    `name one with --recipe: ${someOfNames(names)}`,
  );
}

function refuseSharedFolders(targets: readonly Target[], folders: readonly string[]): void {
  folders.forEach((folder, at) => {
    const before = folders.indexOf(folder);
    if (before === at) return;
    const [first, second] = [targets[before], targets[at]];
    throw new UsageError(
      `${first?.file.path} and ${second?.file.path} both have a recipe ${second?.recipe.name}`,
      "build them one at a time, each with its own --output",
    );
  });
}
