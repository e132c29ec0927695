import { readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { commonFolder } from "../paths.ts";
import { UsageError } from "./exit.ts";
import { stdin, whyNoFile } from "./inputs.ts";
import type { Terminal } from "./terminal.ts";

/** The YAML files that a command line names, and what it names in vain. */
export interface YamlInputs {
  /** As the command line has them, each once; `-` is standard input. */
  readonly files: readonly string[];
  /** The folder that all of them lie in, relative to which they keep their places; absolute. */
  readonly root: string;
  readonly problems: readonly UsageError[];
}

/** Finds the YAML files of a command line, in which a folder stands for all of them below it. */
export function findYamlFiles(
  names: readonly string[],
  { stdinFilename = "" }: { readonly stdinFilename?: string | undefined },
  terminal: Terminal,
): YamlInputs {
  const { workingFolder } = terminal;
  const files: string[] = [];
  const folders: string[] = [];
  const problems: UsageError[] = [];
  for (const name of new Set(names)) {
    const path = resolve(workingFolder, name === stdin ? stdinFilename : name);
    if (name === stdin || !isFolder(path)) {
      const problem = name === stdin ? undefined : whyNoFile(name, terminal);
      if (problem) problems.push(problem);
      else {
        files.push(name);
        folders.push(name === stdin && stdinFilename === "" ? workingFolder : dirname(path));
      }
      continue;
    }
    const found = yamlFilesIn(path);
    if (found.length === 0)
      problems.push(new UsageError(`there are no YAML files in ${name}`, "their names end in .yaml or .yml"));
    files.push(...found.map((inside) => join(name, inside)));
    folders.push(path);
  }
  const once = new Map(files.map((file) => [resolve(workingFolder, file), file]));
  return { files: [...once.values()], root: commonFolder(folders), problems };
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** The YAML files below a folder, relative to it and in order; links to folders are not followed. */
function yamlFilesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const isLeftOut = entry.name.startsWith(".") || entry.name === "node_modules";
      return isLeftOut ? [] : yamlFilesIn(path).map((inside) => join(entry.name, inside));
    }
    const isYaml = /\.ya?ml$/i.test(entry.name) && statSync(path, { throwIfNoEntry: false })?.isFile();
    return isYaml ? [entry.name] : [];
  });
}

/** A file's name without its ending. */
export const stemOf = (path: string): string => basename(path, extname(path));

/** The recipe beside a YAML file. */
export const recipeBeside = (path: string): string => join(dirname(path), `${stemOf(path)}.lavis`);

/** What the places of recipes follow from. */
interface Placement {
  readonly root: string;
  readonly output: string | undefined;
  readonly stdinPath: string | undefined;
}

/**
 * Where the recipe of each YAML file goes: beside it, or in the folder `output` where it lies below `root`, or, of a
 * single one, to the recipe `output`. Throws {@link UsageError} where two would go to one place, or a recipe would
 * take the place of a YAML file.
 */
export function placeRecipes(
  /** Absolute; that of standard input is no file. */
  paths: readonly string[],
  { root, output, stdinPath }: Placement,
  { workingFolder }: Terminal,
): readonly string[] {
  const place = output === undefined ? undefined : resolve(workingFolder, output);
  const isRecipe = place !== undefined && extname(place) === ".lavis";
  if (isRecipe && paths.length > 1)
    throw new UsageError(`${output} is one recipe, and there are ${paths.length} files`, "name a folder");
  const targets = paths.map((path) => {
    if (isRecipe) return place;
    const beside = recipeBeside(path);
    return place === undefined ? beside : join(place, relative(root, beside));
  });
  const shown = (path: string): string => relative(workingFolder, path);
  const isFile = paths.map((path) => path !== stdinPath);
  refuseSources(targets, paths, isFile, shown);
  refuseShared(targets, paths, shown);
  return targets;
}

/** `a.yaml` and `a.yml` cannot both become `a.lavis`. */
function refuseShared(
  targets: readonly string[],
  paths: readonly string[],
  shown: (path: string) => string,
): void {
  const taken = new Map<string, string>();
  targets.forEach((target, at) => {
    const path = paths[at] ?? target;
    const place = placeOf(target);
    const before = taken.get(place);
    if (before !== undefined)
      throw new UsageError(
        `${shown(before)} and ${shown(path)} would both become ${shown(target)}`,
        "import them one at a time, each with its own --output",
      );
    taken.set(place, path);
  });
}

/** One name for each place on the disk, also where links lead to it, or where upper case is lower case. */
function placeOf(target: string): string {
  const missing: string[] = [];
  let found = target;
  while (!statSync(found, { throwIfNoEntry: false }) && dirname(found) !== found) {
    missing.unshift(basename(found));
    found = dirname(found);
  }
  const place = join(realpathSync(found), ...missing);
  return process.platform === "darwin" || process.platform === "win32" ? place.toLowerCase() : place;
}

/** A recipe takes the place of no YAML file, however the two are named: that file would be lost. */
function refuseSources(
  targets: readonly string[],
  paths: readonly string[],
  isFile: readonly boolean[],
  shown: (path: string) => string,
): void {
  const sources = new Map(paths.filter((_, at) => isFile[at]).map((path) => [identityOf(path), path]));
  targets.forEach((target, at) => {
    const source = sources.get(identityOf(target));
    if (source === undefined) return;
    const owner = source === paths[at] ? "its own recipe" : `the recipe of ${shown(paths[at] ?? target)}`;
    const yaml = shown(join(dirname(source), `${stemOf(source)}.yaml`));
    throw new UsageError(
      `${shown(source)} would be overwritten by ${owner}`,
      extname(source) === ".lavis" ? `rename it to ${yaml} first` : "name another recipe with --output",
    );
  });
}

/** What tells a file that is there apart from every other. */
function identityOf(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.dev} ${found.ino}` : path;
}
