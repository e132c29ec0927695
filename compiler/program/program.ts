import {
  constantText,
  type Declaration,
  type File,
  type Import,
  isMissing,
  type Name,
  parse,
  SourceText,
  type Span,
} from "../../grammar/index.ts";
import { type DiagnosticCollector, didYouMean, labelAt, suggestionsFor } from "../diagnostics/index.ts";
import type { Place } from "../resolve/resolved.ts";
import type { Host, Unreadable } from "./host.ts";

/** A file may import another, that a third one, … this many times. */
const maxImporters = 100;

/** A declaration and the file that holds it. */
export interface Declared<D extends Declaration = Declaration> {
  readonly declaration: D;
  readonly file: SourceFile;
}

/** A file of a program, parsed, with its names. */
export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  /** The folder that relative paths in the file are relative to. */
  readonly directory: string;
  readonly source: SourceText;
  readonly tree: File;
  /** What the file declares itself. */
  readonly declarations: ReadonlyMap<string, Declaration>;
  /** Every name that can be used in the file: its declarations, and what it imports. */
  readonly names: ReadonlyMap<string, Declared>;
  /** Names that an import should bring in and cannot, which is reported: nothing more is said about their use. */
  readonly lostNames: ReadonlySet<string>;
}

/** A recipe file and the files that it imports, each parsed once. */
export interface Program {
  readonly entry: SourceFile;
  /** By absolute path, the entry first. */
  readonly files: ReadonlyMap<string, SourceFile>;
  /** The absolute paths of imports that could not be read. */
  readonly absent: ReadonlySet<string>;
}

/** The place of a node of a file. */
export const placeIn = (file: { readonly source: SourceText }, node: { readonly span: Span }): Place => ({
  source: file.source,
  span: node.span,
});

/** Reads and parses a file and all that it imports, or says why the file itself cannot be read. */
export function loadProgram(
  host: Host,
  path: string,
  diagnostics: DiagnosticCollector,
): Program | Unreadable {
  const loader = new Loader(host, diagnostics);
  const entry = loader.load(host.resolve(host.workingDirectory, path), []);
  return "problem" in entry ? entry : { entry, files: loader.files, absent: loader.absent };
}

class Loader {
  readonly files = new Map<string, SourceFile>();
  readonly absent = new Set<string>();
  readonly #host: Host;
  readonly #diagnostics: DiagnosticCollector;

  constructor(host: Host, diagnostics: DiagnosticCollector) {
    this.#host = host;
    this.#diagnostics = diagnostics;
  }

  /** `importers` are the files that are being loaded, from the entry down to the one that imports this. */
  load(path: string, importers: readonly string[]): SourceFile | Unreadable {
    const known = this.files.get(path);
    if (known) return known;
    const text = this.#host.readFile(path);
    if (typeof text !== "string") return text;
    const source = new SourceText(text, this.#host.display(path));
    const { tree, diagnostics } = parse(source);
    for (const diagnostic of diagnostics) this.#diagnostics.add(diagnostic, source);

    const declarations = new Map<string, Declaration>();
    const names = new Map<string, Declared>();
    const directory = this.#host.directory(path);
    const lostNames = new Set<string>();
    const file: SourceFile = { path, directory, source, tree, declarations, names, lostNames };
    this.files.set(path, file);
    for (const declaration of tree.declarations) {
      if (!this.#isFree(file, declaration.name, names.get(declaration.name.text))) continue;
      declarations.set(declaration.name.text, declaration);
      names.set(declaration.name.text, { declaration, file });
    }
    for (const one of tree.imports) {
      this.#bindImport(file, one, names, [...importers, path]);
      for (const name of one.names) if (!names.has(name.text)) lostNames.add(name.text);
    }
    return file;
  }

  /** Binds the names of one import, and reports what is wrong with it. */
  #bindImport(
    file: SourceFile,
    { from, names: wanted }: Import,
    names: Map<string, Declared>,
    importers: readonly string[],
  ): void {
    const written = from.kind === "string" ? constantText(from) : undefined;
    if (written === undefined) return;
    const path = this.#host.resolve(file.directory, written);
    const start = importers.indexOf(path);
    if (start >= 0) {
      const cycle = [...importers.slice(start), path].map((one) => this.#host.display(one)).join(" → ");
      this.#diagnostics.report("LV2005", { cycle }, placeIn(file, from));
      return;
    }
    if (importers.length > maxImporters && !this.files.has(path)) {
      const limit = { what: `the files that \`${written}\` is imported through`, limit: maxImporters };
      this.#diagnostics.report("LV2060", limit, placeIn(file, from));
      return;
    }
    const imported = this.load(path, importers);
    if ("problem" in imported) {
      this.absent.add(path);
      const notes = [`${this.#host.display(path)} ${imported.problem}.`];
      this.#diagnostics.report("LV2003", { path: written }, placeIn(file, from), { notes });
      return;
    }
    for (const name of wanted) {
      if (isMissing(name)) continue;
      const declaration = imported.declarations.get(name.text);
      if (!declaration) {
        const near = suggestionsFor(name.text, imported.declarations.keys());
        this.#diagnostics.report(
          "LV2004",
          { file: imported.source.path, name: name.text },
          placeIn(file, name),
          { notes: didYouMean(near), fixes: renameFixes(name, near) },
        );
      } else if (this.#isFree(file, name, names.get(name.text))) {
        names.set(name.text, { declaration, file: imported });
      }
    }
  }

  #isFree(file: SourceFile, name: Name, taken: Declared | undefined): boolean {
    if (isMissing(name)) return false;
    if (!taken) return true;
    const labels = [labelAt(placeIn(taken.file, taken.declaration.name), "first declared here")];
    this.#diagnostics.report("LV2002", { name: name.text }, placeIn(file, name), { labels });
    return false;
  }
}

/** As many names of a file as this are looked at for suggestions. */
const maxNamesSeen = 1_000;

/** The names of a file that stand for declarations of some kinds, for suggestions: of very many the first ones. */
export function* namesOfKinds(
  { names }: Pick<SourceFile, "names">,
  ...kinds: readonly Declaration["kind"][]
): Iterable<string> {
  let numSeen = 0;
  for (const [name, { declaration }] of names) {
    if (++numSeen > maxNamesSeen) return;
    if (kinds.includes(declaration.kind)) yield name;
  }
}

/** Fixes that replace a name by what may have been meant; unsafe, because they are guesses. */
export function renameFixes(name: { readonly span: Span }, suggestions: readonly string[]) {
  return suggestions.slice(0, 1).map((text) => ({
    title: `Write \`${text}\``,
    applicability: "unsafe" as const,
    edits: [{ span: name.span, text }],
  }));
}
