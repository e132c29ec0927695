import { existsSync, type FSWatcher, watch as watchPath } from "node:fs";
import { dirname } from "node:path";
import type { CheckedFiles } from "./checking.ts";
import { type ExitCode, exitCodes, isUserError, UsageError } from "./exit.ts";
import { showUserError, type Terminal } from "./terminal.ts";

/** Editors write a file in several steps, in milliseconds. */
const settleTime = 60;
const clearScreen = "\u001b[2J\u001b[3J\u001b[H";

/** What is done again and again: a check of files, and what follows from it. */
export interface WatchedWork {
  /** As on the command line. */
  readonly files: readonly string[];
  readonly check: () => Promise<CheckedFiles>;
  /** What is done with each check; resolves to the code that the command would end with. */
  readonly conclude: (checked: CheckedFiles) => Promise<ExitCode> | ExitCode;
}

/**
 * Runs a check and what follows from it, and again whenever a file of its programs changes, imports included, until
 * the process is told to stop. Ends with the code of the last time. Throws {@link UsageError} where there is nothing
 * that could be watched.
 */
export async function watch({ files, check, conclude }: WatchedWork, terminal: Terminal): Promise<ExitCode> {
  if (files.includes("-")) throw new UsageError("standard input cannot be watched");
  const watched = new WatchedFiles();
  const interrupted = terminal.interrupted().then(() => "interrupted" as const);
  let exitCode: ExitCode = exitCodes.clean;
  let paths: WatchedPaths | undefined;
  try {
    for (;;) {
      if (terminal.stderrIsTerminal) terminal.error(clearScreen);
      try {
        const checked = await check();
        paths = pathsOf(checked);
        exitCode = await conclude(checked);
      } catch (error) {
        // A file that is being replaced is not there for a moment; its folder is still watched.
        if (!isUserError(error) || !paths) throw error;
        showUserError(error, terminal);
        exitCode = exitCodes.usage;
      }
      watched.set(paths);
      terminal.error("waiting for changes\n");
      if ((await Promise.race([watched.changed(), interrupted])) === "interrupted") return exitCode;
    }
  } finally {
    watched.close();
  }
}

interface WatchedPaths {
  readonly present: readonly string[];
  /** Those that a recipe names and that could not be read. */
  readonly absent: readonly string[];
}

/**
 * The files of all programs, those of components of the user's own, and every `lavisc.json` that they are looked at
 * by.
 */
function pathsOf({ files }: CheckedFiles): WatchedPaths {
  const present = files.flatMap(({ program, own, configuration }) => [
    ...program.files.keys(),
    ...own.files.keys(),
    ...(configuration.path === undefined ? [] : [`${configuration.folder}/lavisc.json`]),
  ]);
  return { present, absent: files.flatMap(({ program, own }) => [...program.absent, ...own.absent]) };
}

/** The path itself, or the uppermost of its folders that is not there: what must be made first. */
function firstToAppear(path: string): string {
  const folder = dirname(path);
  return existsSync(folder) || folder === path ? path : firstToAppear(folder);
}

/** Watches files by their folders: an editor that replaces a file would leave a watch of the file itself behind. */
class WatchedFiles {
  readonly #folders = new Map<string, FSWatcher>();
  #paths: ReadonlySet<string> = new Set();
  /** What the last check found and the one before did not: each wakes once, though it may be unreadable. */
  #appeared: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;
  #hasChanged = false;
  #wake: () => void = () => {};

  set({ present, absent }: WatchedPaths): void {
    this.#paths = new Set([...present, ...absent].map(firstToAppear));
    const folders = new Set([...this.#paths].map((path) => dirname(path)));
    for (const folder of [...this.#folders.keys()]) if (!folders.has(folder)) this.#forget(folder);
    for (const folder of folders) if (!this.#folders.has(folder)) this.#watch(folder);
    // What was made after it had been looked for, and before its folder was watched.
    const appeared = new Set(absent.filter((path) => existsSync(path)));
    if ([...appeared].some((path) => !this.#appeared.has(path))) this.#hasChanged = true;
    this.#appeared = appeared;
  }

  #watch(folder: string): void {
    const watcher = watchPath(folder, (_, name) => {
      const isOurs = name === null || this.#paths.has(`${folder}/${name}`) || name === "lavisc.json";
      if (!existsSync(folder)) this.#forget(folder);
      else if (!isOurs) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        this.#hasChanged = true;
        this.#wake();
      }, settleTime);
    });
    // A folder that goes away ends its watch; the next check says what is missing.
    watcher.on("error", () => this.#forget(folder));
    this.#folders.set(folder, watcher);
  }

  /** A folder that is made again is another one, and needs a watch of its own. */
  #forget(folder: string): void {
    this.#folders.get(folder)?.close();
    this.#folders.delete(folder);
  }

  /** Settles at the next change, or at once if there was one since it was last asked. */
  async changed(): Promise<void> {
    if (!this.#hasChanged)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    this.#hasChanged = false;
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#folders.values()) watcher.close();
  }
}
