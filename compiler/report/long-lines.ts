import type { Span } from "../../grammar/index.ts";
import { displayText, displayWidth, isPlain } from "./display-width.ts";

/** Lines of more columns than this are shown in part. */
const longest = 160;
/** Columns that are kept before what a part is shown for. */
const before = 40;

/** UTF-16 units around a place of a line that are looked at: more than can be shown. */
const reach = 300;

/**
 * What is looked at of a line, given as its span, for a place in it: all, or of a very long one the surroundings of the
 * place, so that many findings on one line cost no more than on many.
 */
export function nearbySpan(text: string, line: Span, offset: number): Span {
  const whole = (at: number) => (isLowSurrogate(text.charCodeAt(at)) ? at - 1 : at);
  return {
    start: offset - line.start <= 2 * reach ? line.start : whole(offset - reach),
    end: line.end - offset <= 2 * reach ? line.end : whole(offset + reach),
  };
}

/** The second half of a character that takes two UTF-16 units. */
const isLowSurrogate = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;

/** The part of a line that is shown. */
export interface Shown {
  readonly text: string;
  /** The column of the line at which it starts; the sign for what was cut off takes the first one. */
  readonly start: number;
}

/** A source line as a terminal should show it: all of it, or of a long one the columns around `column`. */
export function showLine(line: string, column: number): Shown {
  const text = displayText(line);
  if (text.length <= longest || displayWidth(line) <= longest) return { text, start: 0 };
  const start = Math.max(0, Math.min(column - before, displayWidth(line) - longest));
  const cells = isPlain(text) ? text : cellsOf(text);
  const from = start === 0 ? 0 : start + 1;
  const part = cells.slice(from, start + longest - 1);
  const rest = typeof part === "string" ? part : part.join("");
  const isCut = start + longest < cells.length;
  return {
    text: `${start === 0 ? "" : "…"}${rest}${isCut ? "…" : (cells[start + longest - 1] ?? "")}`,
    start,
  };
}

/** The text by columns: a wide character is followed by an empty cell. */
function cellsOf(text: string): readonly string[] {
  const cells: string[] = [];
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    cells.push(segment);
    if (displayWidth(segment) === 2) cells.push("");
  }
  return cells;
}

/** A mark's columns in the part that is shown, cut to it. */
export function placeIn(
  { start, text }: Shown,
  mark: { readonly start: number; readonly end: number },
): { readonly start: number; readonly end: number } {
  const width = displayWidth(text);
  const from = Math.max(0, Math.min(mark.start - start, width));
  return { start: from, end: Math.max(from + 1, Math.min(mark.end - start, Math.max(width, from + 1))) };
}

/** A line as `showLine` does, around the place at which it begins to differ from another. */
export function showDifference(line: string, other: string): string {
  let at = 0;
  while (at < line.length && line[at] === other[at]) at++;
  const { start, end } = nearbySpan(line, { start: 0, end: line.length }, at);
  return showLine(line.slice(start, end), displayWidth(line.slice(start, at))).text;
}
