/**
 * What lines mean: between two tokens of different lines this puts a `NewLine` token where an item or a
 * declaration can start, so that the parser sees line ends where they matter and only there.
 *
 * It also settles, before parsing, what a missing bracket would otherwise swallow: a line that can only be
 * the next item ends the list or the call that was never closed; and what a brace too many would cut off. And it
 * bounds how deep brackets nest.
 */

import { EOF, type IToken, type TokenType } from "chevrotain";
import { endOf, makeToken, spanOf } from "./lexer.ts";
import { type SyntaxReporter, unsafeFix } from "./report.ts";
import { surplusBraces } from "./surplus.ts";
import {
  Assign,
  Comma,
  Dot,
  Extends,
  For,
  Fragment,
  From,
  Identifier,
  Import,
  Junk,
  LeftBrace,
  LeftBracket,
  LeftParen,
  Let,
  Minus,
  NewLine,
  Param,
  Pipe,
  Plus,
  Recipe,
  Remove,
  RightBrace,
  RightBracket,
  RightParen,
  Secret,
  Slash,
  Star,
  StatementWord,
  StringHead,
  StringMiddle,
  StringTail,
  StringToken,
  Use,
  WrongAssign,
} from "./tokens.ts";

/** Brackets nest at most this deep. */
export const maxBracketDepth = 64;

const closerOf: ReadonlyMap<TokenType, TokenType> = new Map([
  [LeftBrace, RightBrace],
  [LeftBracket, RightBracket],
  [LeftParen, RightParen],
  [StringHead, StringTail],
]);
const closers: ReadonlySet<TokenType> = new Set(closerOf.values());
/** The words that a statement starts with. */
const startsStatement: ReadonlySet<TokenType> = new Set([Fragment, Let, Param, Recipe, Remove, Secret, Use]);
/** A line that starts with one of these goes on with the line before. */
const continuing: ReadonlySet<TokenType> = new Set([
  Assign,
  WrongAssign,
  Comma,
  Dot,
  LeftBrace,
  LeftParen,
  Minus,
  Pipe,
  Plus,
  RightBrace,
  RightBracket,
  RightParen,
  Slash,
  Star,
]);
/** A line that ends with one of these goes on in the next. */
const expecting: ReadonlySet<TokenType> = new Set([Dot, Extends, For, Minus, Pipe, Plus, Slash, Star]);

export function isWord(token: IToken | undefined): boolean {
  return token !== undefined && (token.tokenType === Identifier || isStatementWord(token));
}

export function isStatementWord(token: IToken): boolean {
  return token.tokenType.CATEGORIES?.includes(StatementWord) === true;
}

function isAssignment(token: IToken | undefined): boolean {
  return token?.tokenType === Assign || token?.tokenType === WrongAssign;
}

interface OpenBracket {
  readonly type: TokenType;
  /** The braces of an import hold names, not items. */
  readonly ofImport: boolean;
  /** Whether it is closed before the next item; looked up once, when first asked for. */
  isClosed: boolean | undefined;
}

/** The tokens with `NewLine`s among them. */
export function layOut(tokens: readonly IToken[], reporter: SyntaxReporter): IToken[] {
  return new Layout(tokens, reporter).run();
}

class Layout {
  readonly #tokens: readonly IToken[];
  readonly #reporter: SyntaxReporter;
  readonly #text: string;
  readonly #open: OpenBracket[] = [];
  readonly #result: IToken[] = [];

  constructor(tokens: readonly IToken[], reporter: SyntaxReporter) {
    this.#tokens = tokens;
    this.#reporter = reporter;
    this.#text = reporter.source.text;
  }

  run(): IToken[] {
    const surplus = surplusBraces(this.#tokens);
    for (let at = 0; at < this.#tokens.length; at++) {
      const token = this.#token(at);
      if (surplus.has(token)) {
        this.#pushSurplus(token);
        continue;
      }
      if (this.#startsLine(at)) {
        this.#closeAbandoned(at);
        if (this.#startsItem(at)) this.#push(makeToken(NewLine, "", token.startOffset, token.startOffset));
      }
      if (closerOf.has(token.tokenType)) {
        if (this.#open.length >= maxBracketDepth) {
          at = this.#elide(at);
          continue;
        }
        const ofImport = token.tokenType === LeftBrace && this.#tokens[at - 1]?.tokenType === Import;
        this.#open.push({ type: token.tokenType, ofImport, isClosed: undefined });
      } else if (closers.has(token.tokenType)) this.#close(token.tokenType);
      this.#push(token);
    }
    return this.#result;
  }

  /** A brace that is one too many is reported, and stays in the text as what is no token. */
  #pushSurplus(token: IToken): void {
    const span = spanOf(token);
    const fixes = [unsafeFix("remove it", span, "")];
    this.#reporter.report("LV1017", { close: token.image }, span, { fixes });
    this.#push(makeToken(Junk, token.image, span.start, span.end));
  }

  #push(token: IToken): void {
    this.#result.push(token);
  }

  #token(at: number): IToken {
    return this.#tokens[at] ?? makeToken(EOF, "", this.#text.length, this.#text.length);
  }

  #startsLine(at: number): boolean {
    const start = this.#token(at).startOffset;
    for (let offset = at === 0 ? 0 : endOf(this.#token(at - 1)); offset < start; offset++) {
      const char = this.#text[offset];
      if (char === "\n" || char === "\r") return true;
    }
    return false;
  }

  /** Whether the line's first token starts an item rather than going on with the line before. */
  #startsItem(at: number): boolean {
    const around = this.#open.at(-1);
    if (around !== undefined && (around.type !== LeftBrace || around.ofImport)) return false;
    const token = this.#token(at);
    const before = this.#tokens[at - 1]?.tokenType;
    if (before === Assign || before === WrongAssign)
      return token.tokenType !== RightBrace && token.tokenType !== LeftBrace;
    if (continuing.has(token.tokenType)) return false;
    const isKey = isWord(token) && isAssignment(this.#tokens[at + 1]);
    if (isKey) return true;
    if (before !== undefined && expecting.has(before)) return this.#startsWithTwoWords(at);
    if (token.tokenType === From) return false;
    if (before === From) return token.tokenType !== StringToken;
    return around !== undefined || (token.tokenType !== For && token.tokenType !== Extends);
  }

  /** `kind label`, `use fragment`, …: what is expected on the line before is missing, as no expression reads like this. */
  #startsWithTwoWords(at: number): boolean {
    const second = this.#token(at + 1);
    const areWords = isWord(this.#token(at)) && isWord(second) && second.tokenType !== From;
    return areWords && !this.#startsLine(at + 1);
  }

  /** Closes lists, calls and import braces that a line's start shows to be forgotten. */
  #closeAbandoned(at: number): void {
    for (let around = this.#open.at(-1); around !== undefined; around = this.#open.at(-1)) {
      const isBlock = around.type === LeftBrace && !around.ofImport;
      if (isBlock || !this.#isAbandoned(around, at)) return;
      this.#open.pop();
    }
  }

  #isAbandoned(around: OpenBracket, at: number): boolean {
    const token = this.#token(at);
    if (!isWord(token)) return false;
    const next = this.#token(at + 1);
    if (next.tokenType === LeftBrace) return true;
    if (startsStatement.has(token.tokenType) && isWord(next)) return true;
    if (!isAssignment(next)) return isWord(next) && this.#startsSection(at);
    if (around.type !== LeftParen) return true;
    const before = this.#tokens[at - 1]?.tokenType;
    if (before === Comma || before === LeftParen) return false;
    around.isClosed ??= this.#findClose(at);
    return !around.isClosed;
  }

  /** `kind label {`: no expression reads like this. */
  #startsSection(at: number): boolean {
    let end = at + 2;
    while (this.#tokens[end]?.tokenType === Dot && isWord(this.#tokens[end + 1])) end += 2;
    return this.#tokens[end]?.tokenType === LeftBrace;
  }

  /** Whether the innermost `(` is closed before anything that cannot be inside it. */
  #findClose(from: number): boolean {
    let depth = 1;
    for (let at = from; at < this.#tokens.length; at++) {
      const type = this.#token(at).tokenType;
      if (type === LeftParen) depth++;
      else if (type === RightParen && --depth === 0) return true;
      else if (type === LeftBrace || type === RightBrace) return false;
    }
    return false;
  }

  /** Closes the innermost bracket of a kind, and with it those inside that were never closed. */
  #close(closer: TokenType): void {
    for (let index = this.#open.length - 1; index >= 0; index--) {
      const type = this.#open[index]?.type;
      if (type !== undefined && closerOf.get(type) === closer) {
        this.#open.length = index;
        return;
      }
      if (closer !== RightBrace && closer !== StringTail && (type === LeftBrace || type === StringHead))
        return;
    }
  }

  /** Replaces a bracket that nests too deep by one name; returns the index of its last token. */
  #elide(from: number): number {
    let depth = 0;
    let numStrings = 0;
    let last = from;
    for (let at = from; at < this.#tokens.length; at++) {
      const type = this.#token(at).tokenType;
      // The next piece of a string around: what is open inside it ends there.
      if (numStrings === 0 && (type === StringMiddle || type === StringTail)) break;
      last = at;
      if (type === StringHead) numStrings++;
      else if (type === StringTail) numStrings--;
      else if (numStrings === 0 && closerOf.has(type)) depth++;
      else if (numStrings === 0 && closers.has(type)) depth--;
      if (depth <= 0 && numStrings === 0) break;
    }
    const first = this.#token(from);
    const span = { start: first.startOffset, end: endOf(this.#token(last)) };
    const around = { start: span.start, end: span.start + 1 };
    this.#reporter.report("LV1034", { what: "brackets", limit: maxBracketDepth }, around);
    this.#push(makeToken(Identifier, this.#text.slice(span.start, span.end), span.start, span.end));
    return last;
  }
}
