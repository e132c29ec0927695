import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
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
 * Throws {@link OutputError} where a file stands in the place of the output folder or of one around it, or a folder
 * in that of the program: what would fail anyhow, before anything is compiled.
 */
export function requireFolder(outputFolder: string): void {
  let at = outputFolder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  if (existsSync(at) && !statSync(at).isDirectory()) throw unusable(`${shownPath(at)} is a file`);
  const program = join(outputFolder, "run.ts");
  if (statSync(program, { throwIfNoEntry: false })?.isDirectory())
    throw unusable(`${shownPath(program)} is a folder`);
}

const unusable = (why: string): OutputError =>
  new OutputError(
    `the output folder cannot be written: ${why}`,
    "give another folder with --output, or make this one writable",
  );

const shownPath = (path: string): string => relative(process.cwd(), path) || path;

/**
 * Writes a program's files, the manifest last, each whole or not at all, and removes what an earlier build
 * left and this one has not. Where the folder needs them, a `package.json` makes its JavaScript modules, and a
 * link in `node_modules` lets it find `lavis/runtime`. Throws {@link OutputError} before anything is written if a
 * file is not the build's to overwrite.
 */
export function writeProgram(program: EmittedFiles, options: WriteOptions): Manifest {
  try {
    return writeAll(program, options);
  } catch (error) {
    throw isSystemError(error) ? unusable(error.message) : error;
  }
}

function writeAll(program: EmittedFiles, options: WriteOptions): Manifest {
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
  mkdirSync(outputFolder, { recursive: true });
  replaceFiles(outputFolder, new Map([...files, [manifestName, manifestText(manifest)]]));
  const left = Object.keys(previous?.files ?? {}).filter((name) => !files.has(name));
  for (const name of left) removeFile(outputFolder, name);
  if (isLinked) createRuntimeLink(outputFolder, packageFolder);
  return manifest;
}

/** Removes a file that an earlier build made, and the folders in the output folder that are empty without it. */
function removeFile(outputFolder: string, name: string): void {
  rmSync(join(outputFolder, name), { force: true });
  for (let folder = dirname(name); folder !== "."; folder = dirname(folder)) {
    const path = join(outputFolder, folder);
    if (!existsSync(path) || readdirSync(path).length > 0) return;
    rmdirSync(path);
  }
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
  const shown = foreign.map((name) => shownPath(join(outputFolder, name))).join(", ");
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
  error instanceof Error && "errno" in error;
