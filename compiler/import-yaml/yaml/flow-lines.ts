import { Lexer } from "yaml";

/** A comment where it stands. */
export interface PlacedComment {
  readonly offset: number;
  /** With its `#`. */
  readonly source: string;
}

/** A text without line breaks in some of its brackets, every other character in its place. */
export interface JoinedText {
  readonly text: string;
  /** The comments that stood in those brackets. */
  readonly comments: readonly PlacedComment[];
}

/** What the lexer says in between: start of a document, end of a flow collection by indentation, scalar. */
const marks: ReadonlySet<string> = new Set(["\u0002", "\u0018", "\u001f"]);
const endByIndentation = "\u0018";

/**
 * PyYAML does not mind how lines in brackets are indented, and the library does: joins the lines of those
 * brackets that it would give up on.
 */
export function joinFlowLines(text: string): JoinedText {
  let joined: JoinedText = { text, comments: [] };
  for (let open = abandonedBracket(text); open !== undefined; open = abandonedBracket(joined.text)) {
    const next = joinFrom(joined.text, open);
    if (!next || next.text === joined.text) break;
    joined = { text: next.text, comments: [...joined.comments, ...next.comments] };
  }
  return joined;
}

/** The offset of the first outermost bracket that ends where a line is indented too little. */
function abandonedBracket(text: string): number | undefined {
  const open: number[] = [];
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === endByIndentation && open[0] !== undefined) return open[0];
    if (marks.has(lexeme)) continue;
    if (lexeme === "[" || lexeme === "{") open.push(offset);
    if (lexeme === "]" || lexeme === "}") open.pop();
    offset += lexeme.length;
  }
  return undefined;
}

/** The text with the lines from a bracket to its partner joined; undefined where it has none. */
function joinFrom(text: string, start: number): JoinedText | undefined {
  const comments: PlacedComment[] = [];
  let depth = 0;
  let joined = "";
  while (start + joined.length < text.length) {
    const at = start + joined.length;
    const comment = commentAt(text, at);
    const piece = comment ?? quotedAt(text, at) ?? text.charAt(at);
    if (comment !== undefined) comments.push({ offset: at, source: comment });
    joined += comment === undefined ? piece.replace(/^[\r\n]$/, " ") : " ".repeat(comment.length);
    if (piece === "[" || piece === "{") depth++;
    if (piece === "]" || piece === "}") depth--;
    if (depth === 0)
      return { text: text.slice(0, start) + joined + text.slice(start + joined.length), comments };
  }
  return undefined;
}

/** A quoted scalar that starts at an offset. */
const quotedAt = (text: string, at: number): string | undefined =>
  /["']/.test(text.charAt(at))
    ? matchAt(/(?<=[\s[{,:])(?:"(?:\\[\s\S]|[^"\\])*"|'(?:''|[^'])*')/y, text, at)
    : undefined;

/** A comment that starts at an offset. */
const commentAt = (text: string, at: number): string | undefined =>
  text.charAt(at) === "#" ? matchAt(/(?<=\s)#[^\r\n]*/y, text, at) : undefined;

/** What a sticky pattern matches at an offset. */
function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
