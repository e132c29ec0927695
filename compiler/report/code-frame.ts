import type { SourceText, Span } from "../../grammar/index.ts";
import { displayWidth } from "./display-width.ts";
import { nearbySpan, placeIn, type Shown, showLine } from "./long-lines.ts";
import type { Style } from "./style.ts";

/** A stretch to underline: the primary one with `^`, others with `-`. */
export interface Mark {
  readonly span: Span;
  readonly message: string;
  readonly isPrimary: boolean;
}

/** The part of a mark on one line; columns are of the terminal, from 0, and `end` is exclusive. */
interface LineMark {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly isPrimary: boolean;
}

type Paint = (text: string) => string;

/**
 * The marked lines of a source with their numbers, underlined and labelled:
 *
 *     12 |   min_len = 20
 *        |   ------- the shortest caption
 *     13 |   max_len = 10
 *        |   ^^^^^^^^^^^^
 */
export function codeFrame(
  source: SourceText,
  marks: readonly Mark[],
  gutter: number,
  style: Style,
  primary: Paint,
): string[] {
  const spans = new Map<number, Span>();
  /** What is looked at of a line: around the mark that comes first, or around its beginning. */
  const spanOf = (line: number, offset?: number): Span => {
    const whole = source.lineSpan(line);
    const span = spans.get(line) ?? nearbySpan(source.text, whole, offset ?? whole.start);
    spans.set(line, span);
    return span;
  };
  const byLine = new Map<number, LineMark[]>();
  for (const mark of marks) {
    for (const [line, lineMark] of splitIntoLines(source, mark, spanOf)) {
      byLine.set(line, [...(byLine.get(line) ?? []), lineMark]);
    }
  }
  const bar = style.quiet(`${" ".repeat(gutter)} |`);
  const rows: string[] = [];
  let previous: number | undefined;
  const addLine = (line: number, column: number): Shown => {
    const number = style.quiet(`${String(line).padStart(gutter)} |`);
    const shown = showLine(source.slice(spanOf(line)), column);
    rows.push(`${number} ${shown.text}`.trimEnd());
    return shown;
  };
  for (const line of [...byLine.keys()].sort((a, b) => a - b)) {
    if (previous !== undefined && line === previous + 2) addLine(line - 1, 0);
    else if (previous !== undefined && line > previous + 2)
      rows.push(style.quiet(`${" ".repeat(gutter)}...`));
    const here = byLine.get(line) ?? [];
    const shown = addLine(line, (here.find(({ isPrimary }) => isPrimary) ?? here[0])?.start ?? 0);
    const placed = here.map((mark) => ({ ...mark, ...placeIn(shown, mark) }));
    for (const row of underline(placed, style, primary)) rows.push(`${bar} ${row}`);
    previous = line;
  }
  return rows;
}

/** A mark over several lines is drawn on its first and its last one; the message stands at the last. */
function splitIntoLines(
  source: SourceText,
  { span, message, isPrimary }: Mark,
  spanOf: (line: number, offset: number) => Span,
): [number, LineMark][] {
  const first = source.positionAt(span.start).line;
  const last = source.positionAt(Math.max(span.start, span.end - 1)).line;
  const part = (line: number, from: number, to: number, text: string): [number, LineMark] => {
    const { start, end } = spanOf(line, from);
    const inside = (offset: number) => Math.max(start, Math.min(offset, end));
    const before = displayWidth(source.slice({ start, end: inside(from) }));
    const within = displayWidth(source.slice({ start: inside(from), end: inside(to) }));
    // An empty span, as at the end of a file, is still one column wide.
    return [line, { start: before, end: before + Math.max(1, within), message: text, isPrimary }];
  };
  if (first === last) return [part(first, span.start, span.end, message)];
  const lastLine = source.lineSpan(last);
  const indent = source.lineText(last).search(/\S|$/);
  return [
    part(first, span.start, source.lineSpan(first).end, ""),
    part(last, lastLine.start + indent, span.end, message),
  ];
}

/** The rows below a line: one of underlines, then messages, the rightmost one beside its underline. */
function underline(marks: readonly LineMark[], style: Style, primary: Paint): string[] {
  const ordered = [...marks].sort((a, b) => a.start - b.start || a.end - b.end);
  const paintOf = (mark: LineMark): Paint => (mark.isPrimary ? primary : style.info);
  const canvas = new Canvas();
  for (const mark of [...ordered].sort((a, b) => Number(a.isPrimary) - Number(b.isPrimary))) {
    canvas.write(mark.start, (mark.isPrimary ? "^" : "-").repeat(mark.end - mark.start), paintOf(mark));
  }
  const labelled = ordered.filter((mark) => mark.message !== "");
  const last = labelled.at(-1);
  const isFree = last !== undefined && ordered.every((mark) => mark === last || mark.end <= last.start);
  if (last && isFree) {
    canvas.write(last.end + 1, last.message, paintOf(last));
    labelled.pop();
  }
  const rows = [canvas.toString()];
  if (labelled.length > 0) {
    const stems = new Canvas();
    for (const mark of labelled) stems.write(mark.start, "|", paintOf(mark));
    rows.push(stems.toString());
  }
  for (let mark = labelled.pop(); mark; mark = labelled.pop()) {
    const row = new Canvas();
    for (const left of labelled) row.write(left.start, "|", paintOf(left));
    row.write(mark.start, mark.message, paintOf(mark));
    rows.push(row.toString());
  }
  return rows;
}

/** A row of cells, later writing covering earlier. */
class Canvas {
  readonly #cells: { readonly text: string; readonly paint: Paint }[] = [];

  write(column: number, text: string, paint: Paint): void {
    while (this.#cells.length < column) this.#cells.push({ text: " ", paint: (blank) => blank });
    [...text].forEach((character, at) => {
      this.#cells[column + at] = { text: character, paint };
    });
  }

  /** Neighbouring cells of one colour are painted together. */
  toString(): string {
    let row = "";
    for (let at = 0; at < this.#cells.length; ) {
      const paint = this.#cells[at]?.paint;
      let run = "";
      while (at < this.#cells.length && this.#cells[at]?.paint === paint)
        run += this.#cells[at++]?.text ?? "";
      row += paint?.(run) ?? run;
    }
    return row;
  }
}
