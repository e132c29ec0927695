/** From text to tokens: Chevrotain's lexer, then strings cut at their `${…}`, comments, and what literals get wrong. */

import { createTokenInstance, type IToken, Lexer, type TokenType } from "chevrotain";
import type { SourceText, Span } from "../source.ts";
import type { Comment, CommentStyle } from "../tree.ts";
import { type SyntaxReporter, safeFix, unsafeFix } from "./report.ts";
import { escapeList, readNumber, resolveEscapes, type ScannedString, scanString } from "./scan.ts";
import {
  BlockComment,
  DocComment,
  ForeignString,
  HashComment,
  Junk,
  LineComment,
  lexerTokens,
  NumberToken,
  StringHead,
  StringMiddle,
  StringTail,
  StringToken,
} from "./tokens.ts";

/** A stretch of text in a string: where it is between quotes and interpolations, and what it means. */
export interface StringPiece {
  readonly span: Span;
  readonly value: string;
}

export interface LexedText {
  /** The significant tokens in order, those of interpolations among them. */
  readonly tokens: readonly IToken[];
  readonly comments: readonly Comment[];
  /** The text of each string token, by the token's start. */
  readonly pieces: ReadonlyMap<number, StringPiece>;
}

/** Strings inside interpolations of strings inside …: more levels than this are not cut. */
const maxStringDepth = 8;

/** Makes the lexer; `validate` checks the table of tokens, which only a test needs to do. */
export function createLexer(validate = false): Lexer {
  return new Lexer(lexerTokens, {
    positionTracking: "onlyOffset",
    skipValidations: !validate,
    ensureOptimizations: validate,
    safeMode: false,
  });
}

/** A token made by us rather than matched: `end` exclusive. */
export function makeToken(type: TokenType, image: string, start: number, end: number): IToken {
  return createTokenInstance(type, image, start, end - 1, Number.NaN, Number.NaN, Number.NaN, Number.NaN);
}

export function spanOf(token: IToken): Span {
  return { start: token.startOffset, end: endOf(token) };
}

/** The offset behind the token. */
export function endOf(token: IToken): number {
  return (token.endOffset ?? token.startOffset - 1) + 1;
}

/** Reads a whole text; whatever cannot be read becomes a junk token and a diagnostic. */
export function lex(lexer: Lexer, reporter: SyntaxReporter): LexedText {
  return new Lexing(lexer, reporter).run();
}

class Lexing {
  readonly #lexer: Lexer;
  readonly #reporter: SyntaxReporter;
  readonly #source: SourceText;
  readonly #tokens: IToken[] = [];
  readonly #pieces = new Map<number, StringPiece>();

  constructor(lexer: Lexer, reporter: SyntaxReporter) {
    this.#lexer = lexer;
    this.#reporter = reporter;
    this.#source = reporter.source;
  }

  run(): LexedText {
    const comments = this.#read(this.#source.text, 0, 0).map((token) => this.#comment(token));
    return { tokens: this.#tokens, comments, pieces: this.#pieces };
  }

  /** Reads a text that starts at `base` of the source; returns its comments. */
  #read(text: string, base: number, depth: number): readonly IToken[] {
    const { tokens, errors, groups } = this.#lexer.tokenize(text);
    let nextError = 0;
    const junkBefore = (offset: number) => {
      for (
        let error = errors[nextError];
        error !== undefined && error.offset < offset;
        error = errors[++nextError]
      ) {
        this.#junk(text.slice(error.offset, error.offset + error.length), base + error.offset);
      }
    };
    for (const token of tokens) {
      junkBefore(token.startOffset);
      const local = token.startOffset;
      token.startOffset += base;
      token.endOffset = token.startOffset + token.image.length - 1;
      if (token.tokenType === StringToken || token.tokenType === ForeignString)
        this.#string(token, text, local, depth);
      else {
        if (token.tokenType === NumberToken) this.#number(token);
        this.#tokens.push(token);
      }
    }
    junkBefore(text.length);
    return groups.comments ?? [];
  }

  #junk(image: string, start: number): void {
    const span = { start, end: start + image.length };
    const shown = [...image].length > 1 ? `the text \`${image}\`` : `the character \`${image}\``;
    this.#reporter.report("LV1019", { character: shown }, span);
    this.#tokens.push(makeToken(Junk, image, span.start, span.end));
  }

  #number(token: IToken): void {
    const { problem } = readNumber(token.image);
    if (problem === undefined) return;
    const { why, repair } = problem;
    const fixes = repair === undefined ? [] : [safeFix(`write \`${repair}\``, spanOf(token), repair)];
    this.#reporter.report("LV1018", { text: token.image, why }, spanOf(token), { fixes });
  }

  /** Pushes a string: one token, or a head, the tokens of each expression, and middles and a tail. */
  #string(token: IToken, text: string, local: number, depth: number): void {
    const base = token.startOffset - local;
    const scanned = scanString(text, local);
    this.#checkString(token, scanned, base);
    const contentEnd = scanned.terminated ? scanned.end - 1 : scanned.end;
    if (scanned.interpolations.length === 0 || depth >= maxStringDepth) {
      if (scanned.interpolations.length > 0) {
        this.#reporter.report("LV1034", { what: "strings", limit: maxStringDepth }, spanOf(token));
      }
      this.#piece(
        StringToken,
        text,
        base,
        { start: local, end: scanned.end },
        { start: local + 1, end: contentEnd },
      );
      return;
    }
    let from = local;
    for (const { start, end } of scanned.interpolations) {
      const type = from === local ? StringHead : StringMiddle;
      this.#piece(type, text, base, { start: from, end: start }, { start: from + 1, end: start - 2 });
      for (const comment of this.#read(text.slice(start, end), base + start, depth + 1)) {
        const at = base + start + comment.startOffset;
        const span = { start: at, end: at + comment.image.length };
        this.#reporter.report("LV1019", { character: `the comment \`${comment.image}\`` }, span);
      }
      from = end;
    }
    this.#piece(
      StringTail,
      text,
      base,
      { start: from, end: scanned.end },
      { start: from + 1, end: contentEnd },
    );
  }

  /** Pushes one token of a string; `whole` and `content` are places in `text`. */
  #piece(type: TokenType, text: string, base: number, whole: Span, content: Span): void {
    const raw = text.slice(content.start, content.end);
    const { value, unknown } = resolveEscapes(raw);
    const at = base + content.start;
    for (const wrong of unknown) {
      const span = { start: at + wrong.start, end: at + wrong.end };
      const parameters = { escape: raw.slice(wrong.start, wrong.end), known: escapeList };
      const doubled = unsafeFix("double the backslash", { start: span.start, end: span.start + 1 }, "\\\\");
      this.#reporter.report("LV1012", parameters, span, { fixes: [doubled] });
    }
    const token = makeToken(type, text.slice(whole.start, whole.end), base + whole.start, base + whole.end);
    this.#pieces.set(token.startOffset, { span: { start: at, end: base + content.end }, value });
    this.#tokens.push(token);
  }

  #checkString(token: IToken, scanned: ScannedString, base: number): void {
    const span = spanOf(token);
    const open = token.image[0] ?? '"';
    if (scanned.openInterpolation !== undefined) {
      const start = base + scanned.openInterpolation;
      this.#reporter.report("LV1013", { open: "${" }, { start, end: start + 2 });
    }
    if (!scanned.terminated) {
      const end = { start: span.end, end: span.end };
      const fixes = [unsafeFix("close the string at the end of the line", end, open)];
      this.#reporter.report("LV1011", { quote: open === '"' ? '`"`' : `\`${open}\`` }, span, { fixes });
    } else if (open !== '"') {
      const content = token.image
        .slice(1, -1)
        .replace(/\\(.)|"/g, (whole) => (whole === '"' ? '\\"' : whole));
      const plain = scanned.interpolations.length === 0;
      const fix = (plain ? safeFix : unsafeFix)("use double quotes", span, `"${content}"`);
      this.#reporter.report("LV1010", { quote: `\`${open}\`` }, span, { fixes: [fix] });
    }
  }

  #comment(token: IToken): Comment {
    const span = { start: token.startOffset, end: token.startOffset + token.image.length };
    const style = commentStyles.get(token.tokenType) ?? "line";
    const text = commentText(style, token.image);
    if (style === "hash") {
      const marker = { start: span.start, end: span.start + 1 };
      this.#reporter.report("LV1008", {}, marker, { fixes: [safeFix("write `//`", marker, "//")] });
    } else if (style === "block") {
      const alone = !/[\r\n]/.test(token.image) && this.#endsLine(span.end);
      const fixes = alone ? [safeFix("write `//`", span, `// ${text}`.trimEnd())] : [];
      this.#reporter.report("LV1009", {}, span, { fixes });
    }
    return { kind: "comment", style, text, span };
  }

  #endsLine(offset: number): boolean {
    const { text } = this.#source;
    let at = offset;
    while (text[at] === " " || text[at] === "\t") at++;
    return at >= text.length || text[at] === "\n" || text[at] === "\r";
  }
}

const commentStyles: ReadonlyMap<TokenType, CommentStyle> = new Map<TokenType, CommentStyle>([
  [LineComment, "line"],
  [DocComment, "doc"],
  [HashComment, "hash"],
  [BlockComment, "block"],
]);

function commentText(style: CommentStyle, image: string): string {
  const numMarkers = { line: 2, doc: 3, hash: 1, block: 2 }[style];
  const body = image.slice(numMarkers, style === "block" && image.endsWith("*/") ? -2 : undefined);
  return body.replace(/^ /, "").trimEnd();
}
