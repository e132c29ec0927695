/** From offsets of a source text to the protocol's lines and UTF-16 columns, both from 0, and back. */

import type { Position, Range, TextEdit } from "vscode-languageserver";
import type { SourceText, Span } from "../../grammar/index.ts";

export function positionOf(source: SourceText, offset: number): Position {
  const { line, column } = source.positionAt(offset);
  return { line: line - 1, character: column - 1 };
}

export function rangeOf(source: SourceText, { start, end }: Span): Range {
  return { start: positionOf(source, start), end: positionOf(source, end) };
}

/** The offset of a position; one outside of the text counts as the nearest place in it. */
export function offsetOf(source: SourceText, { line, character }: Position): number {
  return source.offsetAt({ line: line + 1, column: character + 1 });
}

export function spanOf(source: SourceText, { start, end }: Range): Span {
  return { start: offsetOf(source, start), end: offsetOf(source, end) };
}

export function editOf(source: SourceText, span: Span, newText: string): TextEdit {
  return { range: rangeOf(source, span), newText };
}

/** Whether an offset lies in a span, its end included: where a cursor behind a word still means the word. */
export const touches = ({ start, end }: Span, offset: number): boolean => start <= offset && offset <= end;
