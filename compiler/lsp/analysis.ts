import { compareDiagnostics, type Diagnostic, type File, type SourceText } from "../../grammar/index.ts";
import { type Catalog, catalog as runtimeCatalog } from "../catalog/index.ts";
import { checkRecipe } from "../check-recipe.ts";
import type { Host, Program, SourceFile } from "../program/index.ts";
import type { PartialRecipe, Place } from "../resolve/resolved.ts";
import { warningsOf } from "./warnings.ts";

/** A document as the features see it: parsed, resolved and checked together with what it imports. */
export interface Analysis {
  /** Absolute. */
  readonly path: string;
  readonly host: Host;
  readonly catalog: Catalog;
  readonly program: Program;
  readonly file: SourceFile;
  readonly source: SourceText;
  readonly tree: File;
  /** Every recipe of the document, as far as it could be resolved. */
  readonly recipes: readonly PartialRecipe[];
  /** Errors and warnings, of the document and of what it imports, in order. */
  readonly diagnostics: readonly Diagnostic[];
  /** Why there are no warnings, where the project's configuration cannot be used. */
  readonly trouble: string | undefined;
}

/** What a document is analysed with, beside its host. */
export interface Surroundings {
  readonly catalog?: Catalog;
  /** The programs of other files that import the document. */
  readonly importers?: () => readonly Program[];
}

/** Analyses a document; undefined where it cannot be read. */
export function analyse(host: Host, path: string, surroundings: Surroundings = {}): Analysis | undefined {
  const { catalog = runtimeCatalog, importers = () => [] } = surroundings;
  const checked = checkRecipe(host, path, { catalog });
  const { program } = checked;
  if ("problem" in program) return undefined;
  const { entry: file } = program;
  const { findings, trouble } = warningsOf({ ...checked, program }, host, importers);
  return {
    path,
    host,
    catalog,
    program,
    file,
    source: file.source,
    tree: file.tree,
    recipes: checked.partial,
    diagnostics: [...checked.diagnostics, ...findings].sort(compareDiagnostics),
    trouble,
  };
}

/** The file of a program that diagnostics and places know by the path that people read. */
export function fileShownAs({ program }: Analysis, shown: string): SourceFile | undefined {
  return [...program.files.values()].find(({ source }) => source.path === shown);
}

/** The file of a program that a place lies in; undefined for places in what a command line gave. */
export function fileOf({ program }: Analysis, { source }: Place): SourceFile | undefined {
  return [...program.files.values()].find((file) => file.source === source);
}

/** A place in a file, by the file's absolute path: what the connection makes a location of. */
export interface FilePlace {
  readonly path: string;
  readonly source: SourceText;
  readonly span: { readonly start: number; readonly end: number };
}

export const placeOf = (
  { path, source }: Pick<SourceFile, "path" | "source">,
  { span }: { readonly span: FilePlace["span"] },
): FilePlace => ({ path, source, span });
