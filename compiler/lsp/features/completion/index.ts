/** What can be written at the cursor. */

import { type CompletionItem, CompletionItemKind } from "vscode-languageserver";
import { constantText, type Node, parse, type SourceText, type Span } from "../../../../grammar/index.ts";
import type { OptionType } from "../../../../runtime/card.ts";
import { isSectionKind, sectionKinds } from "../../../catalog/index.ts";
import { scalarTypes } from "../../../resolve/values/parameters.ts";
import type { Analysis } from "../../analysis.ts";
import { type Cursor, readCursor } from "../../cursor.ts";
import { around, readPlace, type TreePlace, takenKeys } from "../../places.ts";
import { editOf } from "../../text.ts";
import { declarationWords, joiningWords, sectionDocs } from "../../words.ts";
import { type FolderReader, fileCandidates } from "./files.ts";
import { type Candidate, itemOf } from "./item.ts";
import { itemCandidates, removable } from "./keys.ts";
import {
  componentCandidate,
  declaredNames,
  defaultCandidates,
  functionCandidates,
  namesInScope,
  unitCandidates,
  valueCandidates,
} from "./values.ts";

export interface CompletionRequest {
  /** The text as it is now. */
  readonly source: SourceText;
  readonly offset: number;
  /** The document as it was last analysed, which may be some keystrokes ago. */
  readonly known: Analysis;
  readonly readFolder: FolderReader;
  /** Whether the client knows tab stops. */
  readonly snippets: boolean;
}

/** Candidates, and the stretch of the document that they replace. */
interface Found {
  readonly candidates: readonly Candidate[];
  readonly span: Span;
}

/** What can be written at the cursor, in the order in which it should be shown. Never throws on half-typed text. */
export function complete(request: CompletionRequest): readonly CompletionItem[] {
  const { source, offset, snippets } = request;
  const cursor = readCursor(source, offset);
  if (cursor.inComment) return [];
  const { candidates, span } = find(request, cursor);
  return candidates.map((one, order) => itemOf(one, order, snippets, (text) => editOf(source, span, text)));
}

function find(request: CompletionRequest, cursor: Cursor): Found {
  const { known } = request;
  const place = readPlace(cursor.nodes, known);
  const leaf = cursor.nodes.at(-1);
  const parent = cursor.nodes.at(-2);
  const here = leaf ? cursor.spanInDocument(leaf) : { start: request.offset, end: request.offset };
  const replace = (candidates: readonly Candidate[], span: Span = here): Found => ({ candidates, span });
  const nothing = replace([]);
  const joining = joiningWord(request.offset, cursor);
  if (joining) return joining;
  if (!leaf || leaf.kind === "file" || leaf.kind === "broken" || !parent || leaf.kind === "recipe")
    return outside(request, cursor, leaf);
  if (leaf.kind === "string-text" || leaf.kind === "string") return inString(request, cursor, place);
  if (leaf.kind !== "name") return nothing;
  switch (parent.kind) {
    case "section":
      if (leaf === parent.sectionKind) return replace(items(place, parent));
      if (leaf === parent.from && parent.sectionKind.text === "dataset") return replace(formats(known));
      return nothing;
    case "entry":
      return replace(items(place, parent, "name alone"));
    case "path":
      return inPath(request, cursor, place, parent);
    case "number":
      return replace(unitCandidates(place.wanted));
    case "argument":
      return replace(argumentsAt(place, "name alone"));
    case "use":
      return replace(declaredNames(known, "fragment", (target) => target === targetOf(place)));
    case "remove":
      return replace(
        leaf === parent.target ? removable(place.slot) : labelsToRemove(parent.target.text, place, known),
      );
    case "recipe":
      return leaf === parent.base ? replace(declaredNames(known, "recipe")) : nothing;
    case "fragment":
      return leaf === parent.target ? replace(fragmentTargets(known)) : nothing;
    case "import":
      return replace(importable(parent, known));
    case "type":
      return replace(parameterTypes);
    default:
      return nothing;
  }
}

/** The word that a started declaration goes on with, where it is the next one. */
function joiningWord(offset: number, { linePrefix }: Cursor): Found | undefined {
  const [word = ""] = /\w*$/.exec(linePrefix) ?? [];
  const before = linePrefix.slice(0, linePrefix.length - word.length);
  const [label] = Object.entries(joinings).find(([, pattern]) => pattern.test(before)) ?? [];
  if (label === undefined) return undefined;
  const { Keyword: kind } = CompletionItemKind;
  const candidates = [{ label, kind, doc: joiningWords[label], text: `${label} ` }];
  return { candidates, span: { start: offset - word.length, end: offset } };
}

/** Where no block is open: declarations, at the start of a line. */
function outside({ offset }: CompletionRequest, { linePrefix }: Cursor, leaf: Node | undefined): Found {
  const [word = ""] = /\w*$/.exec(linePrefix) ?? [];
  const span = { start: offset - word.length, end: offset };
  if (leaf?.kind === "recipe" || linePrefix.trim() !== word) return { candidates: [], span };
  const candidates = Object.entries(declarationWords).map(([label, { doc, snippet }]) => ({
    label,
    kind: CompletionItemKind.Keyword,
    doc,
    text: `${label} `,
    snippet,
  }));
  return { candidates, span };
}

/** What stands in front of a word that goes on with a declaration. */
const joinings: Readonly<Record<string, RegExp>> = {
  extends: /^\s*recipe\s+\w+\s+$/,
  for: /^\s*fragment\s+\w+\s+$/,
  from: /^\s*(?:import\s*\{[^}]*\}\s*|(?:task|model|dataset|vis_processor|text_processor)\s+\w+\s+)$/,
};

function items(place: TreePlace, item: Node, form: "item" | "name alone" = "item") {
  const taken = place.block ? takenKeys(place.block, item) : new Set<string>();
  // A name in front of what is there already takes only the name.
  const isAlone = item.kind === "section" && (item.label !== undefined || item.block !== undefined);
  return itemCandidates(place.slot, taken, isAlone ? "name alone" : form);
}

/** A label of a section, or a value. */
function inPath(
  request: CompletionRequest,
  cursor: Cursor,
  place: TreePlace,
  path: Extract<Node, { kind: "path" }>,
): Found {
  const { known, source } = request;
  const holder = cursor.nodes.at(-3);
  // Only up to the cursor: behind a dot the parser reads on in the next line.
  const span = { start: cursor.spanInDocument(path).start, end: wordEnd(source, request.offset) };
  if (holder?.kind === "section") {
    const kind = holder.sectionKind.text;
    if (place.slot?.kind !== "recipe" || !isSectionKind(kind)) return { candidates: [], span };
    return { candidates: labels(kind, known), span };
  }
  const recipe = known.recipes.find(({ name }) => name === place.declaration?.text);
  const isInText = around(place, "interpolation") !== undefined;
  const argument = cursor.nodes.at(-4);
  if (argument?.kind === "argument" && !argument.name && place.slot?.kind === "options")
    return { candidates: argumentsAt(place, "argument"), span };
  if (isInText) return { candidates: namesInScope(known), span };
  if (around(cursor, "secret")) return { candidates: functionCandidates("env"), span };
  if (around(cursor, "param"))
    return { candidates: defaultCandidates(wantedOfParameter(cursor), known), span };
  return { candidates: valueCandidates(place.wanted, known, recipe), span };
}

/** The end of the word that the cursor is in. */
function wordEnd({ text }: SourceText, offset: number): number {
  const [rest = ""] = /^\w*/.exec(text.slice(offset, offset + 200)) ?? [];
  return offset + rest.length;
}

/** The type of the parameter whose default is being written. */
function wantedOfParameter({ nodes }: Cursor) {
  const declared = around({ nodes }, "param");
  if (!declared?.type) return undefined;
  const members = declared.type.members.flatMap((member) =>
    member.kind === "name" ? [member.text] : [constantText(member) ?? ""],
  );
  const [only] = declared.type.members;
  const scalar = members.length === 1 && only?.kind === "name" ? only.text : undefined;
  const type: OptionType = { is: scalarTypes.find((one) => one === scalar) ?? "enum", members };
  const nullable = declared.type.optional ? { nullable: true as const } : {};
  return { key: declared.name.text, type, option: { type, doc: "", ...nullable } };
}

/** The types that a parameter can have. */
const parameterTypes: readonly Candidate[] = scalarTypes.map((label) => ({
  label,
  kind: CompletionItemKind.TypeParameter,
}));

function labels(kind: (typeof sectionKinds)[number], { catalog }: Analysis): readonly Candidate[] {
  return catalog.ofKind(kind).flatMap((card): readonly Candidate[] => {
    const variants = Object.keys(card.variants ?? {});
    return variants.length === 0
      ? [componentCandidate(card)]
      : variants.map((variant) => componentCandidate(card, variant));
  });
}

/** The formats of data of the user's own. */
const formats = ({ catalog }: Analysis): readonly Candidate[] =>
  catalog.ofKind("format").map((card) => componentCandidate(card));

function argumentsAt(place: TreePlace, form: "argument" | "name alone"): readonly Candidate[] {
  const call = around(place, "call");
  const taken = new Set(call?.arguments.flatMap(({ name }) => (name ? [name.text] : [])));
  return itemCandidates(place.slot, taken, form);
}

/** The kind of section or the key that the innermost block belongs to. */
function targetOf({ nodes }: TreePlace): string | undefined {
  const holder = nodes.findLast(({ kind }) => kind === "section" || kind === "recipe" || kind === "fragment");
  if (holder?.kind === "section") return holder.sectionKind.text;
  return holder?.kind === "fragment" ? holder.target.text : holder?.kind;
}

function labelsToRemove(target: string, place: TreePlace, { recipes }: Analysis): readonly Candidate[] {
  const recipe = recipes.find(({ name }) => name === place.declaration?.text);
  const datasets = target === "dataset" ? (recipe?.datasets ?? []) : [];
  return datasets.map(({ label, card }) => ({ label, kind: CompletionItemKind.Class, doc: card.doc }));
}

/** What fragments can be for: the recipe, its sections, and keys with blocks of their own. */
function fragmentTargets({ catalog }: Analysis): readonly Candidate[] {
  const sections = sectionKinds.map((label) => ({
    label,
    kind: CompletionItemKind.Module,
    doc: sectionDocs[label],
  }));
  const blocks = new Map<string, Candidate>();
  for (const card of catalog.all())
    for (const [label, { type, doc }] of Object.entries(card.options))
      if (type.is === "block") blocks.set(label, { label, kind: CompletionItemKind.Struct, doc, rank: 1 });
  return [...sections, { label: "recipe", kind: CompletionItemKind.Keyword, rank: 2 }, ...blocks.values()];
}

/** What the file that is imported declares. */
function importable(
  { names, from }: Extract<Node, { kind: "import" }>,
  known: Analysis,
): readonly Candidate[] {
  const written = from.kind === "string" ? constantText(from) : undefined;
  if (written === undefined) return [];
  const { host, file } = known;
  const path = host.resolve(file.directory, written);
  const text = host.readFile(path);
  const loaded =
    known.program.files.get(path)?.tree ?? (typeof text === "string" ? parse(text).tree : undefined);
  const taken = new Set(names.map((name) => name.text));
  return (loaded?.declarations ?? [])
    .filter(({ name }) => name.text !== "" && !taken.has(name.text))
    .map(({ kind, name }) => ({ label: name.text, kind: CompletionItemKind.Reference, detail: kind }));
}

/** Files in the string of an import, a component of the user's own, a path or a checkpoint. */
function inString(
  { source, offset, known, readFolder }: CompletionRequest,
  cursor: Cursor,
  place: TreePlace,
): Found {
  const string = around(place, "string");
  const start = string ? cursor.spanInDocument(string).start + 1 : offset;
  const written = source.text.slice(start, offset);
  const last = start + written.lastIndexOf("/") + 1;
  const [rest = ""] =
    /^[^"/\s]*/.exec(source.text.slice(offset, source.lineSpan(source.positionAt(offset).line).end)) ?? [];
  const span = { start: last, end: offset + rest.length };
  const isImport = around(place, "import") !== undefined;
  const isOwn = around(place, "section")?.from === string && string !== undefined;
  const isFile = place.wanted?.type.is === "path" || place.wanted?.type.is === "checkpoint";
  const isJoined = around(place, "binary") !== undefined;
  const isFunction = around(place, "call")?.callee.text === "file";
  if (!(isImport || isOwn || isFile || isFunction) || isJoined || written.includes("${"))
    return { candidates: [], span };
  const { host, file } = known;
  const fits = (name: string): boolean => {
    if (isOwn) return name.endsWith(".ts") && !name.endsWith(".d.ts");
    return !isImport || name.endsWith(".lavis");
  };
  return { candidates: fileCandidates(written, file.directory, host, readFolder, fits), span };
}
