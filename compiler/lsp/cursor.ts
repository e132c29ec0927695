/**
 * The tree at a cursor in half-typed text: the declaration around is read as if a name were being written at
 * the cursor. One declaration alone is parsed, so that it costs the same in a long file as in a short one.
 */

import { type Node, type ParseResult, parse, pathTo, SourceText, type Span } from "../../grammar/index.ts";

/** Written at the cursor; nobody writes such a name. */
const mark = "lavis_cursor";

export interface Cursor {
  /** The nodes around the cursor in the marked text, outermost first. Their spans are of that text. */
  readonly nodes: readonly Node[];
  readonly parsed: ParseResult;
  /** The line up to the cursor. */
  readonly linePrefix: string;
  readonly inComment: boolean;
  /** Where a node of the marked text is in the document. */
  spanInDocument(node: { readonly span: Span }): Span;
}

const declarationStart = /^(?:lavis|import|param|secret|let|fragment|recipe)\b(?!\s*[=:])/;

/** Reads the declaration around an offset. Never throws. */
export function readCursor(source: SourceText, offset: number): Cursor {
  const { start, end } = declarationAround(source, offset);
  const { text } = source;
  const at = offset - start;
  const marked = `${text.slice(start, offset)}${mark}${text.slice(offset, end)}`;
  const parsed = parse(new SourceText(marked, source.path));
  // One character into the mark, so that what ends in front of it is not around it.
  const nodes = pathTo(parsed.tree, at + 1);
  const back = (inMarked: number): number =>
    start + (inMarked <= at ? inMarked : Math.max(at, inMarked - mark.length));
  const { line } = source.positionAt(offset);
  return {
    nodes,
    parsed,
    linePrefix: text.slice(source.lineSpan(line).start, offset),
    inComment: parsed.tree.comments.some(({ span }) => span.start < at && at <= span.end),
    spanInDocument: ({ span }) => ({ start: back(span.start), end: back(span.end) }),
  };
}

/** From the line that starts the declaration around an offset to the line that starts the next one. */
function declarationAround(source: SourceText, offset: number): Span {
  const { line } = source.positionAt(offset);
  const starts = (one: number): boolean => declarationStart.test(source.lineText(one));
  let first = line;
  while (first > 1 && !starts(first)) first--;
  let last = line + 1;
  while (last <= source.numLines && !starts(last)) last++;
  const end = last <= source.numLines ? source.lineSpan(last).start : source.text.length;
  return { start: source.lineSpan(first).start, end };
}
