import { Lexer } from "yaml";

/** A text with some spaces more, and where what stands in it stood before. */
export interface Spaced {
  readonly text: string;
  /** The offset in the text as it was. */
  readonly place: (offset: number) => number;
}

/** Spaces that go before an offset. */
interface Insertion {
  readonly at: number;
  readonly width: number;
}

/** What the lexer says in between: start of a document, end of a flow collection by indentation, scalar. */
const marks: ReadonlySet<string> = new Set(["\u0002", "\u0018", "\u001f"]);
const endByIndentation = "\u0018";

/**
 * Adds the spaces that the library asks for and PyYAML does not: before lines in brackets and quotes that are
 * indented less than what they continue, and before a `#` right behind a bracket or quote or, in brackets, a line
 * break. Takes linear time.
 */
export function addSpaces(text: string): Spaced {
  const insertions: Insertion[] = [];
  for (let from: number | undefined = 0; from !== undefined; ) from = addFrom(text, from, insertions);
  return { text: inserted(text, insertions), place: placeWithout(insertions) };
}

/** Adds what is wanted up to the first brackets or quotes over badly indented lines, and returns where they end. */
function addFrom(text: string, from: number, insertions: Insertion[]): number | undefined {
  const open: number[] = [];
  let offset = from;
  let before = text.charAt(from - 1);
  for (const lexeme of new Lexer().lex(text.slice(from))) {
    const start = lexeme === endByIndentation ? open[0] : isCutOff(lexeme) ? (open[0] ?? offset) : undefined;
    if (start !== undefined) {
      while ((insertions.at(-1)?.at ?? -1) > start) insertions.pop();
      return indentFlow(text, start, insertions);
    }
    if (marks.has(lexeme)) continue;
    if (lexeme === "[" || lexeme === "{") open.push(offset);
    if (lexeme === "]" || lexeme === "}") open.pop();
    const touches = open.length > 0 ? /[\]}"'[{,\n]$/ : /[\]}"']$/;
    if (lexeme.startsWith("#") && touches.test(before)) insertions.push({ at: offset, width: 1 });
    offset += lexeme.length;
    before = lexeme;
  }
  return undefined;
}

/** Whether a lexeme is the first line of a quoted scalar whose next ones are indented too little, or not closed. */
const isCutOff = (lexeme: string): boolean =>
  (lexeme.startsWith('"') && !/^"(?:\\[\s\S]|[^"\\])*"$/.test(lexeme)) ||
  (lexeme.startsWith("'") && !/^'(?:''|[^'])*'$/.test(lexeme));

/** Indents the lines of brackets or quotes like their first; returns their end, undefined where they have none. */
function indentFlow(text: string, start: number, insertions: Insertion[]): number | undefined {
  const lineStart = Math.max(text.lastIndexOf("\n", start - 1), text.lastIndexOf("\r", start - 1)) + 1;
  const width = Math.max(1, start - lineStart);
  const found: Insertion[] = [];
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const comment = commentAt(text, at);
    const piece = comment ?? quotedAt(text, at, at === start) ?? matchAt(/\r\n|[\s\S]/y, text, at) ?? "";
    if (comment !== undefined && !/\s/.test(text.charAt(at - 1))) found.push({ at, width: 1 });
    if (comment === undefined)
      for (const { 0: lineBreak, index } of piece.matchAll(/\r\n?|\n/g))
        found.push({ at: at + index + lineBreak.length, width });
    // A mark of documents ends everything.
    if (/^(?:---|\.\.\.)(?=\s|$)/m.test(piece)) return undefined;
    if (piece === "[" || piece === "{") depth++;
    if (piece === "]" || piece === "}") depth--;
    at += piece.length;
    if (depth === 0) {
      insertions.push(...found);
      return at;
    }
  }
  return undefined;
}

/** A quoted scalar that starts at an offset. */
const quotedAt = (text: string, at: number, isStart: boolean): string | undefined =>
  /["']/.test(text.charAt(at)) && (isStart || /[\s[{,:]/.test(text.charAt(at - 1)))
    ? matchAt(/"(?:\\[\s\S]|[^"\\])*"|'(?:''|[^'])*'/y, text, at)
    : undefined;

/** A comment that starts at an offset. */
const commentAt = (text: string, at: number): string | undefined =>
  text.charAt(at) === "#" ? matchAt(/(?<=[\s\]}"'[{,])#[^\r\n]*/y, text, at) : undefined;

/** What a sticky pattern matches at an offset. */
function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function inserted(text: string, insertions: readonly Insertion[]): string {
  let from = 0;
  const pieces: string[] = [];
  for (const { at, width } of insertions) {
    pieces.push(text.slice(from, at), " ".repeat(width));
    from = at;
  }
  return pieces.join("") + text.slice(from);
}

/** From offsets in a text with insertions to those in the text without them. */
function placeWithout(insertions: readonly Insertion[]): (offset: number) => number {
  let total = 0;
  const ends = insertions.map(({ at, width }) => {
    total += width;
    return { end: at + total, total, at };
  });
  return (offset) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle]?.end ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const next = ends[low];
    const place = offset - (ends[low - 1]?.total ?? 0);
    // Inside of the next insertion: there is no more before it than its place.
    return next ? Math.min(place, next.at) : place;
  };
}
