import { constantText, type Fix, type Span } from "../../grammar/index.ts";
import type { DraftValue } from "./draft.ts";
import type { Place } from "./resolved.ts";

/** A fix that removes an item: with its line, where nothing else stands on it. */
export function removalFix(place: Place, title: string, applicability: Fix["applicability"]): Fix {
  return { title, applicability, edits: [{ span: wholeLines(place), text: "", path: place.source.path }] };
}

/** Edits that remove items of one file; neighbours are removed in one. */
export function removalEdits(places: readonly Place[]): Fix["edits"] {
  const edits = places.flatMap((place) => removalFix(place, "", "safe").edits);
  const joined: Fix["edits"][number][] = [];
  for (const edit of edits.sort((a, b) => a.span.start - b.span.start)) {
    const before = joined.at(-1);
    if (before && edit.span.start <= before.span.end)
      joined[joined.length - 1] = {
        ...before,
        span: { start: before.span.start, end: Math.max(before.span.end, edit.span.end) },
      };
    else joined.push(edit);
  }
  return joined;
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

/** The name that a value is, also in quotes; undefined where it is something else. */
export function nameIn(value: DraftValue | undefined): string | undefined {
  const expression = value?.expression;
  if (expression?.kind === "reference") return expression.path.text;
  const text = expression?.kind === "string" ? constantText(expression) : undefined;
  return text !== undefined && /^[a-z_][a-z\d_.]*$/i.test(text) ? text : undefined;
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
