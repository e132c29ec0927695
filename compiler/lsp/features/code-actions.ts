import { CodeActionKind, type TextEdit } from "vscode-languageserver";
import type { Diagnostic, Fix, Span } from "../../../grammar/index.ts";
import { type Analysis, fileShownAs } from "../analysis.ts";
import { editOf, touches } from "../text.ts";
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

/** The fixes of what is wrong in a stretch of the document, and all safe ones of the document in one. */
export function codeActions(analysis: Analysis, range: Span): readonly Action[] {
  const here = analysis.diagnostics.filter(
    ({ path, span }) =>
      path === analysis.source.path && (touches(span, range.start) || touches(range, span.start)),
  );
  const single = here.flatMap((diagnostic) =>
    diagnostic.fixes.map((fix) => ({
      title: fix.title,
      kind: CodeActionKind.QuickFix,
      isPreferred: fix.applicability === "safe" && diagnostic.fixes.length === 1,
      diagnostic,
      files: filesOf(analysis, diagnostic, fix),
    })),
  );
  const all = fixAll(analysis);
  const together: readonly Action[] =
    all.length === 0
      ? []
      : [
          {
            title: "Fix everything that can be fixed safely",
            kind: fixAllKind,
            isPreferred: false,
            diagnostic: undefined,
            files: [{ path: analysis.path, edits: all }],
          },
        ];
  return [...single.filter(({ files }) => files.length > 0), ...together];
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

/** The safe fixes of the document that lie in it, without those that overlap an earlier one. */
function fixAll({ diagnostics, source }: Analysis): readonly TextEdit[] {
  const taken: Span[] = [];
  const edits: TextEdit[] = [];
  for (const { path, fixes } of diagnostics) {
    const safe =
      path === source.path ? fixes.find(({ applicability }) => applicability === "safe") : undefined;
    if (!safe) continue;
    const isInside = safe.edits.every((edit) => (edit.path ?? path) === source.path);
    const overlaps = safe.edits.some(({ span }) =>
      taken.some((other) => span.start <= other.end && other.start <= span.end),
    );
    if (!isInside || overlaps) continue;
    taken.push(...safe.edits.map(({ span }) => span));
    edits.push(...safe.edits.map(({ span, text }) => editOf(source, span, text)));
  }
  return edits;
}
