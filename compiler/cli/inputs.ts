import { type Dirent, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { Configurations, isIgnored, isSelected } from "../config/index.ts";
import { suggestionsFor } from "../diagnostics/suggestions.ts";
import { type Host, nodeHost } from "../program/index.ts";
import { UsageError } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** The word that stands for standard input. */
export const stdin = "-";

/** Files named on the command line, and the host to read them and what they import through. */
export interface Inputs {
  /** Absolute, in the order of the command line. */
  readonly paths: readonly string[];
  readonly host: Host;
  /** The path that standard input has been given, where it is among the files. */
  readonly stdinPath: string | undefined;
}

/**
 * Finds the files of a command line. `-` is standard input, which gets the name `stdinFilename` and is
 * relative to it. Throws {@link UsageError} for a file that cannot be read.
 */
export async function openInputs(
  files: readonly string[],
  { stdinFilename }: { readonly stdinFilename?: string | undefined },
  terminal: Terminal,
): Promise<Inputs> {
  const disk = nodeHost(terminal.workingFolder);
  if (!files.includes(stdin)) {
    for (const file of files) requireFile(file, terminal);
    return {
      paths: files.map((file) => resolve(terminal.workingFolder, file)),
      host: disk,
      stdinPath: undefined,
    };
  }
  const stdinPath = resolve(terminal.workingFolder, stdinFilename ?? "<stdin>");
  const text = await terminal.readInput();
  const paths = files.map((file) => {
    if (file === stdin) return stdinPath;
    requireFile(file, terminal);
    return resolve(terminal.workingFolder, file);
  });
  const readFile = (path: string) => (path === stdinPath ? text : disk.readFile(path));
  return { paths: [...new Set(paths)], host: { ...disk, readFile }, stdinPath };
}

/**
 * The files of a command line in which a folder stands for the recipes in it that its `lavisc.json` selects, and
 * files that it ignores are left out. Throws {@link UsageError} for a folder without recipes.
 */
export function expandFolders(names: readonly string[], { workingFolder }: Terminal): readonly string[] {
  const configurations = new Configurations(nodeHost(workingFolder));
  const files = names.flatMap((name) => {
    const path = resolve(workingFolder, name);
    const isFolder = name !== stdin && statSync(path, { throwIfNoEntry: false })?.isDirectory();
    if (!isFolder) {
      const isLeftOut = name !== stdin && isIgnored(configurations.ofFile(path), path);
      return isLeftOut ? [] : [name];
    }
    const found = recipesIn(path, configurations).map((inside) => join(name, inside));
    if (found.length === 0)
      throw new UsageError(`there are no recipes in ${name}`, "recipes are files that end in .lavis");
    return found;
  });
  return [...new Set(files)];
}

/** The recipes below a folder, relative to it and in order, but for those that are ignored. */
function recipesIn(folder: string, configurations: Configurations): readonly string[] {
  const configuration = configurations.ofFolder(folder);
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const isLeftOut =
        entry.name.startsWith(".") || entry.name === "node_modules" || isIgnored(configuration, path);
      return isLeftOut ? [] : recipesIn(path, configurations).map((inside) => join(entry.name, inside));
    }
    return isRecipe(entry, path) && isSelected(configuration, path) ? [entry.name] : [];
  });
}

const isRecipe = (entry: Dirent, path: string): boolean =>
  entry.name.endsWith(".lavis") &&
  (entry.isFile() ||
    (entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isFile() === true));

const commands = [
  "build",
  "check",
  "lint",
  "fmt",
  "explain",
  "plan",
  "describe",
  "import",
  "init",
  "completion",
  "engine",
  "data",
  "doctor",
  "help",
];

function requireFile(file: string, terminal: Terminal): void {
  const problem = whyNoFile(file, terminal);
  if (problem) throw problem;
}

/** Why a word of the command line names no file; undefined where it does. */
export function whyNoFile(file: string, { workingFolder }: Terminal): UsageError | undefined {
  const found = statSync(resolve(workingFolder, file), { throwIfNoEntry: false });
  if (found?.isFile()) return undefined;
  if (found) {
    const hint = found.isDirectory() ? `name the recipes in it: ${join(file, "*.lavis")}` : undefined;
    return new UsageError(`${file} is not a file`, hint);
  }
  const [command] = /[./\\]/.test(file) ? [] : suggestionsFor(file, commands);
  return new UsageError(
    `there is no file ${file}`,
    command ? `did you mean the command \`lavisc ${command}\`?` : undefined,
  );
}
