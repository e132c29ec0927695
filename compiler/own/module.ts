/** From a user's TypeScript file to the card of the component that it makes. */

import type { Node, SourceFile } from "ts-morph";
import type { Card } from "../../runtime/card.ts";
import { type OwnKind, ownOptions } from "../../runtime/own/options.card.ts";
import { DiagnosticCollector, didYouMean, oneOfNames, suggestionsFor } from "../diagnostics/index.ts";
import { byPath } from "../paths.ts";
import type { Host } from "../program/index.ts";
import { checkContract, checkFiles } from "./contract.ts";
import { shown } from "./option-types.ts";
import { OptionReader } from "./options.ts";
import type { OwnCard, OwnPlace } from "./own-card.ts";
import { docOf, isField, namesIn, problemOfField, tagsOf } from "./tags.ts";
import type { TypeScript } from "./typescript.ts";
import type { OwnFiles, Workspace } from "./workspace.ts";

/** What a file says of its component: a card where it has a `create`, and what is wrong with it. */
export interface OwnModule {
  readonly card: OwnCard | undefined;
  readonly diagnostics: DiagnosticCollector;
}

/**
 * Reads a file that a recipe names for a component of a kind, with the files that it imports; `probe` asks about it.
 */
export function readModule(
  workspace: Workspace,
  host: Host,
  { kind, path }: { readonly kind: OwnKind; readonly path: string },
  { files, lost }: OwnFiles,
  probe: SourceFile,
): OwnModule {
  const file = files.get(path);
  if (!file) throw new Error(`${path} was not loaded`);
  const diagnostics = new DiagnosticCollector();
  const source = workspace.sourceFile(file.path);
  for (const { from, span, specifier, why } of lost)
    diagnostics.report("LV2309", { specifier, why }, { source: from.source, span });
  checkFiles(workspace, { files, lost }, diagnostics);

  const create = createOf(source);
  const { SyntaxKind } = workspace.typescript;
  const [signature, second] = create?.getType().getCallSignatures() ?? [];
  const fileItself = { ...file, span: { start: 0, end: 0 } };
  /** Where a name is declared; what stands in a package is said where the user's own file is read. */
  const placeOf = (node: Node): OwnPlace => {
    const found = files.get(node.getSourceFile().getFilePath());
    const name: Node = node.getFirstChildByKind(SyntaxKind.Identifier) ?? node;
    if (found) return { ...found, span: { start: name.getStart(), end: name.getEnd() } };
    return create === undefined || node === create ? fileItself : placeOf(create);
  };
  if (!create || !signature) {
    const notes = notesWithoutCreate(workspace.typescript, source, create, kind);
    const place = create ? placeOf(create) : fileItself;
    diagnostics.report("LV2303", { file: file.source.path }, place, { notes });
    return { card: undefined, diagnostics };
  }
  const madeAt = placeOf(create);
  if (second) diagnostics.report("LV2312", { file: file.source.path }, placeOf(second.getDeclaration()));
  const reader = new OptionReader({ create, placeOf, host, kind, diagnostics });
  const own = reader.read(signature);
  const { isCaptioner } = checkContract(workspace, probe, kind, madeAt, diagnostics);
  const tags = new TagReader(tagsOf(signature.compilerSignature), madeAt, diagnostics);
  const reads = tags.fields("reads");
  const provides = tags.fields("provides");
  const tasks = tags.names("tasks") ?? (isCaptioner ? ["captioning"] : []);
  const card: OwnCard = {
    kind,
    name: "",
    doc: docOf(signature.compilerSignature) || `A ${kind} of your own, from ${file.source.path}.`,
    options: { ...own, ...ownOptions[kind] } satisfies Card["options"],
    ...(reads && { reads }),
    ...(provides && { provides }),
    ...(kind === "model" && { tasks }),
    own: {
      file,
      files: [...files.values()].sort(byPath),
      create: madeAt,
      options: reader.places,
      isUnreadable: reader.isUnreadable,
    },
  };
  return { card, diagnostics };
}

/** What a file exports as `create`, also where it stands in another file. */
function createOf(source: SourceFile): Node | undefined {
  return source.getExportedDeclarations().get("create")?.[0];
}

/** What may have been meant to be `create`: one that is no function, a class, a name that is close to it. */
function notesWithoutCreate(
  { Node }: TypeScript,
  source: SourceFile,
  create: Node | undefined,
  kind: OwnKind,
): readonly string[] {
  const parameters = kind === "model" ? "options: Options, build: Build" : "options: Options";
  const given = kind === "model" ? "build, options" : "options";
  const signature = `export function create(${parameters})`;
  if (create) {
    const what = Node.isClassDeclaration(create)
      ? "is a class"
      : `is of the type \`${shown(create.getType())}\``;
    return [`\`create\` ${what}: give it another name, and write \`${signature} { return …; }\`.`];
  }
  const exported = [...source.getExportedDeclarations()];
  const made = exported.flatMap(([, [node]]) => (Node.isClassDeclaration(node) ? [node] : []))[0];
  if (made) {
    const name = made.getName();
    if (name === undefined) return [`Give the class a name, and add \`${signature}\`, which makes one.`];
    return [`Add \`${signature}: ${name} { return new ${name}(${given}); }\`.`];
  }
  const names = exported.map(([name]) => name);
  if (names.length === 1 && names[0] === "default")
    return [`Its default is no name to call: write \`${signature}\` instead of \`export default\`.`];
  const near = didYouMean(suggestionsFor("create", names));
  if (near.length > 0) return near;
  return names.length > 0 ? [`It exports ${oneOfNames(names, "and")}.`] : ["It exports nothing."];
}

/** The tags of `create`. */
class TagReader {
  readonly #tags: ReadonlyMap<string, string>;
  readonly #place: OwnPlace;
  readonly #diagnostics: DiagnosticCollector;

  constructor(tags: ReadonlyMap<string, string>, place: OwnPlace, diagnostics: DiagnosticCollector) {
    this.#tags = tags;
    this.#place = place;
    this.#diagnostics = diagnostics;
  }

  /** The names behind a tag; undefined where it is not there: nothing is known then. */
  names(tag: string): readonly string[] | undefined {
    const text = this.#tags.get(tag);
    return text === undefined ? undefined : namesIn(text);
  }

  /** The fields behind a tag; what samples cannot have is reported. */
  fields(tag: string) {
    const names = this.names(tag);
    const text = this.#tags.get(tag) ?? "";
    for (const problem of names?.flatMap((name) => problemOfField(name) ?? []) ?? [])
      this.#diagnostics.report("LV2308", { tag, text, problem }, this.#place);
    return names?.filter(isField);
  }
}
