/** A stretch of source text: UTF-16 offsets, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place in a source text as people count: both numbers start at 1, columns count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A source file: its path as people should read it, its text, and the way from offsets to lines. */
export class SourceText {
  readonly path: string;
  readonly text: string;
  /** The offset at which each line starts. */
  readonly #lineStarts: readonly number[];

  constructor(text: string, path = "<input>") {
    this.path = path;
    this.text = text;
    this.#lineStarts = lineStartsOf(text);
  }

  /** How many lines there are; a final line break opens one more, empty line. */
  get numLines(): number {
    return this.#lineStarts.length;
  }

  /** The line and column of an offset; an offset outside the text counts as the nearest end of it. */
  positionAt(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (this.#lineStarts[low] ?? 0) + 1 };
  }

  /** The offset of a line and column (both from 1), clamped to the text. */
  offsetAt(position: Position): number {
    const line = Math.max(1, Math.min(position.line, this.numLines));
    const start = this.#lineStarts[line - 1] ?? 0;
    return Math.min(start + Math.max(0, position.column - 1), this.lineSpan(line).end);
  }

  /** The span of a line (from 1), without its line break; empty beyond the last line. */
  lineSpan(line: number): Span {
    const start = this.#lineStarts[line - 1] ?? this.text.length;
    let end = this.#lineStarts[line] ?? this.text.length;
    while (end > start && isLineBreak(this.text.charCodeAt(end - 1))) end--;
    return { start, end };
  }

  /** The text of a line (from 1), without its line break. */
  lineText(line: number): string {
    return this.slice(this.lineSpan(line));
  }

  slice(span: Span): string {
    return this.text.slice(span.start, span.end);
  }
}

const lineFeed = 10;
const carriageReturn = 13;

function isLineBreak(code: number): boolean {
  return code === lineFeed || code === carriageReturn;
}

/** Lines end at `\n`, `\r\n` or a lone `\r`. */
function lineStartsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === lineFeed || (code === carriageReturn && text.charCodeAt(at + 1) !== lineFeed)) {
      starts.push(at + 1);
    }
  }
  return starts;
}
