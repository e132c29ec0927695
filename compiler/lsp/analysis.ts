import { compareDiagnostics, type Diagnostic, type File, type SourceText } from "../../grammar/index.ts";
import { type Catalog, catalog as runtimeCatalog } from "../catalog/index.ts";
import { checkRecipe } from "../check-recipe.ts";
import { type OwnFile, OwnLibrary } from "../own/index.ts";
import { type Host, memoryHost, type Program, type SourceFile } from "../program/index.ts";
import type { PartialRecipe, Place } from "../resolve/resolved.ts";
import { warningsOf } from "./warnings.ts";

/** A document as the features see it: parsed, resolved and checked together with what it imports. */
export interface Analysis {
  /** Absolute. */
  readonly path: string;
  readonly host: Host;
  /** What recipes can name, with the processors of the user's own that the document declares. */
  readonly catalog: Catalog;
  /** What the document was analysed with. */
  readonly surroundings: Surroundings;
  readonly program: Program;
  readonly file: SourceFile;
  readonly source: SourceText;
  readonly tree: File;
  /** Every recipe of the document, as far as it could be resolved. */
  readonly recipes: readonly PartialRecipe[];
  /** The TypeScript files of the user's own components, by their absolute paths. */
  readonly ownFiles: ReadonlyMap<string, OwnFile>;
  /** Errors and warnings, of the document and of what it imports, in order. */
  readonly diagnostics: readonly Diagnostic[];
  /** Why there are no warnings, where the project's configuration cannot be used. */
  readonly trouble: string | undefined;
}

/** What a document is analysed with, beside its host. */
export interface Surroundings {
  readonly catalog?: Catalog;
  /** What is known of users' own TypeScript files, kept from one analysis to the next. */
  readonly library?: OwnLibrary;
  /** The programs of other files that import the document. */
  readonly importers?: () => readonly Program[];
}

/** Analyses a document; undefined where it cannot be read. */
export function analyse(host: Host, path: string, surroundings: Surroundings = {}): Analysis | undefined {
  const { catalog = runtimeCatalog, library = new OwnLibrary(), importers = () => [] } = surroundings;
  const checked = checkRecipe(host, path, { catalog, library });
  const { program } = checked;
  if ("problem" in program) return undefined;
  const { entry: file } = program;
  const { findings, trouble } = warningsOf({ ...checked, program }, host, importers);
  return {
    path,
    host,
    catalog: withProcessors(catalog, checked.partial),
    surroundings: { catalog, library },
    program,
    file,
    source: file.source,
    tree: file.tree,
    recipes: checked.partial,
    ownFiles: checked.own.files,
    diagnostics: [...checked.diagnostics, ...findings].sort(compareDiagnostics),
    trouble,
  };
}

/** A recipe with a section of each kind that most recipes write. */
export const warmUpRecipe = `recipe first {
  task captioning { max_len = 20 }
  model blip_caption.tiny
  dataset emoji_caption { vis_processor { train = blip_image_train } }
  schedule linear_warmup_cosine_lr { init_lr = 1e-5 }
  run { seed = 42 }
}
`;

/**
 * Analyses a recipe for nobody: the first analysis makes the parser's tables and has much code compiled, which is better
 * done while nobody waits.
 */
export function warmUp(): void {
  const path = "/recipe.lavis";
  analyse(memoryHost({ [path]: warmUpRecipe }), path);
}

/** The catalogue with the processors that recipes declare; of two under one name the later recipe's. */
function withProcessors(catalog: Catalog, recipes: readonly PartialRecipe[]): Catalog {
  const cards = new Map(
    recipes.flatMap(({ processors }) => processors).map((card) => [`${card.kind} ${card.name}`, card]),
  );
  return cards.size === 0 ? catalog : catalog.with([...cards.values()]);
}

/** The file, of the program or of its components, that diagnostics and places know by the path that people read. */
export function fileShownAs(
  { program, ownFiles }: Pick<Analysis, "program" | "ownFiles">,
  shown: string,
): Pick<SourceFile, "path" | "source"> | undefined {
  return [...program.files.values(), ...ownFiles.values()].find(({ source }) => source.path === shown);
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
