import { type FoldingRange, FoldingRangeKind } from "vscode-languageserver";
import { type SourceText, type Span, visit } from "../../../grammar/index.ts";
import type { Analysis } from "../analysis.ts";

/** What can be folded: blocks, lists and calls of several lines, the imports, and comments of several lines. */
export function foldingRanges({ tree, source }: Analysis): readonly FoldingRange[] {
  const ranges: FoldingRange[] = [];
  const fold = ({ start, end }: Span, kind?: FoldingRangeKind): void => {
    const startLine = lineOf(source, start);
    const lastLine = lineOf(source, end);
    // The closing bracket stays visible.
    const endLine = kind === undefined ? lastLine - 1 : lastLine;
    if (endLine > startLine) ranges.push({ startLine, endLine, ...(kind !== undefined && { kind }) });
  };
  const bracketed = ({ span }: { readonly span: Span }): void => fold(span);
  visit(tree, { block: bracketed, list: bracketed, call: bracketed });
  const [first] = tree.imports;
  const last = tree.imports.at(-1);
  if (first && last) fold({ start: first.span.start, end: last.span.end }, FoldingRangeKind.Imports);
  for (const span of commentRuns(tree.comments, source)) fold(span, FoldingRangeKind.Comment);
  return ranges.sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
}

/** Comments on lines of their own that follow one another. */
function commentRuns(comments: readonly { readonly span: Span }[], source: SourceText): readonly Span[] {
  const runs: { start: number; end: number }[] = [];
  for (const { span } of comments) {
    const line = lineOf(source, span.start);
    if (source.text.slice(source.lineSpan(line + 1).start, span.start).trim() !== "") continue;
    const open = runs.at(-1);
    if (open && line === lineOf(source, open.end) + 1) open.end = span.end;
    else runs.push({ ...span });
  }
  return runs;
}

const lineOf = (source: SourceText, offset: number): number => source.positionAt(offset).line - 1;
