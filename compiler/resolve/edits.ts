import type { Fix, Span } from "../../grammar/index.ts";
import type { Place } from "./resolved.ts";

/** A fix that removes an item: with its line, where nothing else stands on it. */
export function removalFix(place: Place, title: string, applicability: Fix["applicability"]): Fix {
  return { title, applicability, edits: [{ span: wholeLines(place), text: "", path: place.source.path }] };
}

/** A fix that replaces a stretch of text. */
export function replacementFix(
  place: Place,
  text: string,
  title: string,
  applicability: Fix["applicability"],
): Fix {
  return { title, applicability, edits: [{ span: place.span, text, path: place.source.path }] };
}

/** The span with its line's indentation and line break, or with the comma that parted it from its neighbour. */
function wholeLines({ source, span }: Place): Span {
  const { text } = source;
  let { start, end } = span;
  const before = text.slice(0, start).trimEnd();
  if (before.endsWith(",") && /^\s*[)\]]/.test(text.slice(end))) return { start: before.length - 1, end };
  while (start > 0 && isBlank(text[start - 1])) start--;
  if (text[end] === ",") end++;
  while (end < text.length && isBlank(text[end])) end++;
  const startsLine = start === 0 || text[start - 1] === "\n";
  if (startsLine && text.startsWith("\r\n", end)) return { start, end: end + 2 };
  if (startsLine && text[end] === "\n") return { start, end: end + 1 };
  if (startsLine || !isBlank(text[start])) return { start: span.start, end };
  return { start, end: text[end - 1] === " " ? end - 1 : end };
}

const isBlank = (character: string | undefined): boolean => character === " " || character === "\t";

/** An edit that adds a line at the end of a block, indented as a block of that depth is. */
export function appendToBlock(place: Place, body: Span, line: string): Fix["edits"][number] {
  const { text, path } = place.source;
  const lineStart = text.lastIndexOf("\n", place.span.start - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart, place.span.start))?.[0] ?? "";
  let at = body.end;
  while (at > body.start && /\s/.test(text[at - 1] ?? "")) at--;
  const isOneLine = !text.slice(body.start, body.end).includes("\n");
  const inserted = isOneLine ? `\n${indent}  ${line}\n${indent}` : `\n${indent}  ${line}`;
  return { span: { start: at, end: isOneLine ? body.end : at }, text: inserted, path };
}
