import type { TextEdit } from "vscode-languageserver";
import {
  applyEdits,
  format,
  type SourceText,
  type Span,
  type TextEdit as SpanEdit,
} from "../../../grammar/index.ts";
import { editOf } from "../text.ts";

/** The edits that format a document; none where it is formatted. Its line breaks stay what they are. */
export function formatDocument(source: SourceText): readonly TextEdit[] {
  return changesOf(source, formatted(source)).map(({ span, text }) => editOf(source, span, text));
}

/**
 * The edits that format the lines of a range. Lines of a change that reaches out of it are changed too, where the
 * rest would not be the same recipe without.
 */
export function formatRange(source: SourceText, range: Span): readonly TextEdit[] {
  const after = formatted(source);
  const all = changesOf(source, after);
  const inside = all.filter(({ span }) => span.start <= range.end && range.start <= span.end);
  const isSame = format(applyEdits(source.text, inside)) === format(source.text);
  return (isSame ? inside : all).map(({ span, text }) => editOf(source, span, text));
}

/** The formatted text with the document's own line breaks. */
function formatted({ text }: SourceText): string {
  const breaks = text.includes("\r\n") ? "\r\n" : "\n";
  return format(text).replaceAll("\n", breaks);
}

/** The lines that differ, as few edits as one pass from both ends and a walk between finds. */
export function changesOf({ text }: SourceText, after: string): readonly SpanEdit[] {
  const before = linesOf(text);
  const wanted = linesOf(after);
  const edits: { span: { start: number; end: number }; text: string }[] = [];
  let [at, from, to] = [0, 0, 0];
  while (from < before.length || to < wanted.length) {
    if (from < before.length && before[from] === wanted[to]) {
      at += before[from]?.length ?? 0;
      from++;
      to++;
      continue;
    }
    const [skip, take] = nextCommon(before, wanted, from, to);
    const removed = before.slice(from, skip).join("");
    edits.push({ span: { start: at, end: at + removed.length }, text: wanted.slice(to, take).join("") });
    at += removed.length;
    [from, to] = [skip, take];
  }
  return edits;
}

/** Where the lines next agree again: the nearest place, by how many lines are passed over on both sides. */
function nextCommon(
  before: readonly string[],
  wanted: readonly string[],
  from: number,
  to: number,
): readonly [number, number] {
  const limit = before.length - from + (wanted.length - to);
  for (let distance = 1; distance < limit; distance++) {
    for (let skipped = 0; skipped <= distance; skipped++) {
      const [one, other] = [from + skipped, to + distance - skipped];
      if (one < before.length && other < wanted.length && before[one] === wanted[other]) return [one, other];
    }
  }
  return [before.length, wanted.length];
}

/** The lines of a text with their line breaks. */
const linesOf = (text: string): readonly string[] => text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
