import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { suggestionsFor } from "../diagnostics/suggestions.ts";
import { type Host, nodeHost } from "../program/index.ts";
import { UsageError } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** The word that stands for standard input. */
const stdin = "-";

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

const commands = ["build", "check", "fmt", "explain", "engine", "data", "doctor", "help"];

function requireFile(file: string, { workingFolder }: Terminal): void {
  const found = statSync(resolve(workingFolder, file), { throwIfNoEntry: false });
  if (found?.isFile()) return;
  if (found) {
    const hint = found.isDirectory() ? `name the recipes in it: ${join(file, "*.lavis")}` : undefined;
    throw new UsageError(`${file} is not a file`, hint);
  }
  const [command] = /[./\\]/.test(file) ? [] : suggestionsFor(file, commands);
  throw new UsageError(
    `there is no file ${file}`,
    command ? `did you mean the command \`lavisc ${command}\`?` : undefined,
  );
}
