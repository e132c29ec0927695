import { CodeActionKind, type TextEdit } from "vscode-languageserver";
import { type Diagnostic, type Fix, type NodeKind, pathTo, type Span } from "../../../grammar/index.ts";
import { applyFixes } from "../../fix/index.ts";
import { findRule, suppressibleRules } from "../../lint/index.ts";
import { type Analysis, analyse, fileShownAs } from "../analysis.ts";
import { editOf, touches } from "../text.ts";
import { changesOf } from "./formatting.ts";
import type { FileEdits } from "./rename.ts";

/** The kind of the action that applies every safe fix of a document. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.lavis`;

/** An action with its edits by file; the connection makes the protocol's of it. */
export interface Action {
  readonly title: string;
  readonly kind: string;
  readonly isPreferred: boolean;
  /** What it repairs; none for those of the whole document. */
  readonly diagnostic: Diagnostic | undefined;
  readonly files: readonly FileEdits[];
}

/** The fixes of what is wrong in a stretch of the document, and ways to ignore its warnings. */
export function codeActions(analysis: Analysis, range: Span): readonly Action[] {
  const here = analysis.diagnostics.filter(
    ({ path, span }) =>
      path === analysis.source.path && (touches(span, range.start) || touches(range, span.start)),
  );
  return here.flatMap((diagnostic) => [
    ...diagnostic.fixes.flatMap((fix) => fixAction(analysis, diagnostic, fix)),
    ...ignoreAction(analysis, diagnostic),
  ]);
}

function fixAction(analysis: Analysis, diagnostic: Diagnostic, fix: Fix): readonly Action[] {
  const files = filesOf(analysis, diagnostic, fix);
  if (files.length === 0) return [];
  const isPreferred = fix.applicability === "safe" && diagnostic.fixes.length === 1;
  return [{ title: fix.title, kind: CodeActionKind.QuickFix, isPreferred, diagnostic, files }];
}

/** A comment above the item that a warning is about; the reason is the author's to write. */
function ignoreAction({ path, source, tree }: Analysis, diagnostic: Diagnostic): readonly Action[] {
  const { code, slug, span } = diagnostic;
  if (!findRule(code, suppressibleRules)) return [];
  const item = pathTo(tree, span.start).findLast(({ kind }) => suppressed.has(kind));
  if (!item) return [];
  const { start } = source.lineSpan(source.positionAt(item.span.start).line);
  const indent = source.text.slice(start, item.span.start);
  if (indent.trim() !== "") return [];
  const edit = editOf(source, { start, end: start }, `${indent}// lavisc-ignore ${slug}: \n`);
  const title = `Ignore \`${slug}\` here, for a reason that you write`;
  return [
    {
      title,
      kind: CodeActionKind.QuickFix,
      isPreferred: false,
      diagnostic,
      files: [{ path, edits: [edit] }],
    },
  ];
}

/** What a comment can cover. */
const suppressed: ReadonlySet<string> = new Set<NodeKind>([
  "import",
  "param",
  "secret",
  "let",
  "fragment",
  "recipe",
  "entry",
  "section",
  "use",
  "remove",
]);

/** Every safe fix of the document in one action, as `lavisc lint --fix` does them; none where there is none. */
export function fixAllAction(analysis: Analysis): readonly Action[] {
  const { diagnostics, source, host, path, surroundings } = analysis;
  const isSafe = ({ applicability }: Fix): boolean => applicability === "safe";
  if (!diagnostics.some((one) => one.path === source.path && one.fixes.some(isSafe))) return [];
  const { files } = applyFixes(host, [path], "safe", (changed) => {
    const fixed = analyse(changed, path, surroundings);
    const all = [...(fixed?.program.files.values() ?? [])];
    return {
      diagnostics: fixed?.diagnostics ?? [],
      paths: new Map(all.map((file) => [file.source.path, file.path])),
    };
  });
  return files.map(({ after }) => {
    const edits = changesOf(source, after).map(({ span, text }) => editOf(source, span, text));
    const title = "Fix everything that can be fixed safely";
    return { title, kind: fixAllKind, isPreferred: false, diagnostic: undefined, files: [{ path, edits }] };
  });
}

function filesOf(analysis: Analysis, diagnostic: Diagnostic, { edits }: Fix): readonly FileEdits[] {
  const byFile = new Map<string, TextEdit[]>();
  for (const edit of edits) {
    const file = fileShownAs(analysis, edit.path ?? diagnostic.path);
    // A fix is done as a whole or not at all.
    if (!file) return [];
    byFile.set(file.path, [...(byFile.get(file.path) ?? []), editOf(file.source, edit.span, edit.text)]);
  }
  return [...byFile].map(([path, own]) => ({ path, edits: own }));
}
