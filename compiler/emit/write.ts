import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { EmittedFiles } from "./emit.ts";
import { createRuntimeLink, moduleMarker, needsModuleMarker, needsRuntimeLink, runtimeLink } from "./link.ts";
import { type Manifest, manifestName, manifestText, parseManifest, sha256 } from "./manifest.ts";

/** The output folder cannot be written as asked; `hint` says what to do. */
export class OutputError extends Error {
  override readonly name = "OutputError";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

export interface WriteOptions {
  /** The output folder, absolute; made where it is not there. */
  readonly outputFolder: string;
  /** Overwrite files that were edited or that a build did not make. */
  readonly force: boolean;
  /** The folder of the package that gives `lavis/runtime`. */
  readonly packageFolder: string;
  /** What the manifest says about the build itself; sources by their path relative to the output folder. */
  readonly build: Pick<Manifest, "lavisc" | "recipe" | "overrides" | "sources">;
}

/**
 * Writes a program's files, the manifest last, each whole or not at all, and removes what an earlier build
 * left and this one has not. Where the folder needs them, a `package.json` makes its JavaScript modules, and a
 * link in `node_modules` lets it find `lavis/runtime`. Throws {@link OutputError} before anything is written if a file is not the build's
 * to overwrite.
 */
export function writeProgram(program: EmittedFiles, options: WriteOptions): Manifest {
  const { outputFolder, force, packageFolder, build } = options;
  const previous = readManifest(outputFolder);
  const ownsMarker = previous?.files[moduleMarker.name] !== undefined;
  const files = new Map(program);
  if (needsModuleMarker(outputFolder, ownsMarker)) files.set(moduleMarker.name, moduleMarker.text);
  if (!force) refuseForeignFiles(files, outputFolder, previous);

  // A link that an earlier build made stays: it is why the runtime can be found now.
  const isLinked = (previous?.links.includes(runtimeLink) ?? false) || needsRuntimeLink(outputFolder);
  const manifest: Manifest = {
    version: 1,
    ...build,
    files: Object.fromEntries([...files].map(([name, text]) => [name, sha256(text)])),
    links: isLinked ? [runtimeLink] : [],
  };
  try {
    mkdirSync(outputFolder, { recursive: true });
    replaceFiles(outputFolder, new Map([...files, [manifestName, manifestText(manifest)]]));
    for (const name of Object.keys(previous?.files ?? {})) {
      if (!files.has(name)) rmSync(join(outputFolder, name), { force: true });
    }
    if (isLinked) createRuntimeLink(outputFolder, packageFolder);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new OutputError(
      `the output folder cannot be written: ${error.message}`,
      "give another folder with --output, or make this one writable",
    );
  }
  return manifest;
}

function readManifest(outputFolder: string): Manifest | undefined {
  const path = join(outputFolder, manifestName);
  return existsSync(path) ? parseManifest(readFileSync(path, "utf8")) : undefined;
}

/** Files that are there and hold neither what the last build wrote nor what this one will. */
function refuseForeignFiles(files: EmittedFiles, outputFolder: string, previous: Manifest | undefined): void {
  const names = new Set([...files.keys(), ...Object.keys(previous?.files ?? {})]);
  const foreign = [...names].filter((name) => {
    const path = join(outputFolder, name);
    if (!existsSync(path)) return false;
    const hash = sha256(readFileSync(path, "utf8"));
    const fresh = files.get(name);
    return hash !== previous?.files[name] && (fresh === undefined || hash !== sha256(fresh));
  });
  if (foreign.length === 0) return;
  const shown = foreign.map((name) => relative(process.cwd(), join(outputFolder, name)) || name).join(", ");
  const why = previous ? "was edited since it was built" : "was not built by lavisc";
  throw new OutputError(
    `${shown} ${foreign.length === 1 ? why : why.replaceAll("was", "were")}`,
    "keep your changes by building elsewhere with --output, or overwrite them with --force",
  );
}

/** Writes all files beside their places first and then moves them there, so that a failure leaves the old. */
function replaceFiles(folder: string, files: ReadonlyMap<string, string>): void {
  const temporary = new Map<string, string>();
  try {
    for (const [name, text] of files) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      temporary.set(`${path}.${process.pid}.tmp`, path);
      writeFileSync(`${path}.${process.pid}.tmp`, text);
    }
    for (const [from, to] of temporary) renameSync(from, to);
  } finally {
    for (const path of temporary.keys()) rmSync(path, { force: true });
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "code" in error;
