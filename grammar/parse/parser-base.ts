/** What the parser's rules share that is no rule: the state of a parse, looking ahead, reporting, making nodes. */

import {
  EmbeddedActionsParser,
  EOF,
  type IParserErrorMessageProvider,
  type IToken,
  type TokenType,
  tokenLabel,
} from "chevrotain";
import { SourceText, type Span } from "../source.ts";
import type * as tree from "../tree.ts";
import { isStatementWord, isWord } from "./layout.ts";
import { endOf, type StringPiece, spanOf } from "./lexer.ts";
import { LazyLookahead } from "./lookahead.ts";
import { SyntaxReporter, safeFix, unsafeFix } from "./report.ts";
import { readNumber } from "./scan.ts";
import * as t from "./tokens.ts";
import { constantOf, describe, foreignLiterals, nameOf } from "./words.ts";

/** Operators nest at most this deep, so that walking a tree never runs out of stack. */
const maxOperatorDepth = 100;

const declarationWords: ReadonlySet<TokenType> = new Set([
  t.Lavis,
  t.Import,
  t.Param,
  t.Secret,
  t.Let,
  t.Fragment,
  t.Recipe,
]);

const valueStarts: ReadonlySet<TokenType> = new Set([
  t.NumberToken,
  t.StringToken,
  t.StringHead,
  t.True,
  t.False,
  t.None,
  t.Identifier,
  t.LeftBracket,
  t.LeftParen,
  t.Plus,
  t.Minus,
]);

/** Where the inside of a list, a call or parentheses ends at the latest. */
const listEnds: ReadonlySet<TokenType> = new Set([
  t.RightBrace,
  t.NewLine,
  t.StringMiddle,
  t.StringTail,
  EOF,
]);

/** Chevrotain's messages: what was expected; the diagnostic adds what was found. */
const expectationProvider: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => tokenLabel(expected),
  buildNotAllInputParsedMessage: () => "the end of the file",
  buildNoViableAltMessage: ({ expectedPathsPerAlt }) => firstTokens(expectedPathsPerAlt.flat()),
  buildEarlyExitMessage: ({ expectedIterationPaths }) => firstTokens(expectedIterationPaths),
};

function firstTokens(paths: readonly (readonly TokenType[])[]): string {
  const labels = paths.flatMap(([first]) => (first === undefined ? [] : [tokenLabel(first)]));
  return [...new Set(labels)].join(", ");
}

/** Keeps track of the commas between the elements of one list. */
export interface Commas {
  /** Whether an element stands before the next token, so that a comma must come before the next element. */
  afterElement: boolean;
}

export abstract class ParserBase extends EmbeddedActionsParser {
  protected reporter = new SyntaxReporter(new SourceText(""));
  /** The column of the declaration around: another one at this column or left of it ends it. */
  protected declarationColumn = 1;
  /** The closing brackets that the lists, calls and parentheses around wait for. */
  protected closers: TokenType[] = [];
  #pieces: ReadonlyMap<number, StringPiece> = new Map();
  readonly #depths = new WeakMap<tree.Expression, number>();
  /** Expressions that have been reported to nest too deep. */
  readonly #tooDeep = new WeakSet<tree.Expression>();

  constructor(skipValidations: boolean) {
    super(t.parserVocabulary, {
      maxLookahead: 1,
      lookaheadStrategy: new LazyLookahead(),
      recoveryEnabled: false,
      skipValidations,
      errorMessageProvider: expectationProvider,
    });
  }

  /** Sets the parser on a new text. */
  protected begin(
    tokens: IToken[],
    pieces: ReadonlyMap<number, StringPiece>,
    reporter: SyntaxReporter,
  ): void {
    this.#pieces = pieces;
    this.closers = [];
    this.reporter = reporter;
    this.input = tokens;
  }

  protected isNext(...types: readonly TokenType[]): boolean {
    return types.includes(this.LA(1).tokenType);
  }

  protected startsValue(token: IToken): boolean {
    return valueStarts.has(token.tokenType);
  }

  protected atListEnd(): boolean {
    return listEnds.has(this.LA(1).tokenType) || this.closes(this.LA(1));
  }

  /** Whether the token closes the innermost bracket: with its partner, or with one that nothing else waits for. */
  protected closes(token: IToken): boolean {
    const isCloser = token.tokenType === t.RightBracket || token.tokenType === t.RightParen;
    return isCloser && (this.closers.at(-1) === token.tokenType || !this.closers.includes(token.tokenType));
  }

  /** Whether `name =` follows: a named argument or a key. */
  protected startsNamedArgument(): boolean {
    return isWord(this.LA(1)) && [t.Assign, t.WrongAssign, t.Colon].includes(this.LA(2).tokenType);
  }

  protected startsDeclaration(): boolean {
    return declarationWords.has(this.LA(1).tokenType) && !this.startsNamedArgument();
  }

  /** Whether a declaration starts that is too far left to stand in a block: the block's brace is missing. */
  protected leavesDeclaration(): boolean {
    const ahead = this.isNext(t.NewLine) ? 2 : 1;
    if (!declarationWords.has(this.LA(ahead).tokenType)) return false;
    if ([t.Assign, t.WrongAssign, t.Colon].includes(this.LA(ahead + 1).tokenType)) return false;
    return this.columnOf(this.LA(ahead)) <= this.declarationColumn;
  }

  protected columnOf(token: IToken): number {
    return this.reporter.source.positionAt(token.startOffset).column;
  }

  /** Where something that is missing should stand: behind the last token that was read. */
  protected here(): Span {
    const end = this.LA(0).tokenType === EOF ? 0 : endOf(this.LA(0));
    return { start: end, end };
  }

  /** Whether the next token is on another line than the last one that was read. */
  protected atLineEnd(): boolean {
    if (this.isNext(t.NewLine, EOF)) return true;
    const between = { start: this.here().end, end: this.LA(1).startOffset };
    return /[\r\n]/.test(this.reporter.source.slice(between));
  }

  /** The next token's place, or the end of this line where the next token is on another. */
  protected nextPlace(): Span {
    return this.atLineEnd() ? this.here() : spanOf(this.LA(1));
  }

  /** What stands where something is missing, as messages name it. */
  protected found(): string {
    return this.atLineEnd() && !this.isNext(EOF) ? tokenLabel(t.NewLine) : describe(this.LA(1));
  }

  protected missingName(what: string): tree.Name {
    const span = this.here();
    this.reporter.report("LV1021", { what, found: this.found() }, this.nextPlace());
    return { kind: "name", text: "", span };
  }

  protected missingValue(): tree.Missing {
    const before = this.LA(0);
    const after =
      before.tokenType === t.StringHead || before.tokenType === t.StringMiddle ? "`${`" : describe(before);
    const parameters = { after: `after ${after}`, found: this.found() };
    this.reporter.report("LV1002", parameters, this.nextPlace());
    return { kind: "missing", span: this.here() };
  }

  protected wrongAssign(token: IToken): void {
    this.ACTION(() => {
      // What appends or compares elsewhere is not what `=` does here; `==` and `:=` are only slips.
      const fix = /^(={2,}|:=|=>)$/.test(token.image) ? safeFix : unsafeFix;
      const fixes = [fix("write `=`", spanOf(token), "=")];
      this.reporter.report("LV1006", { operator: token.image }, spanOf(token), { fixes });
    });
  }

  /** Where the name is missing too, that has been said. */
  protected missingEquals(name: string): void {
    if (name === "") return;
    const fixes = this.startsValue(this.LA(1)) ? [safeFix("insert `=`", this.here(), " =")] : [];
    this.reporter.report("LV1004", { name }, this.nextPlace(), { fixes });
  }

  /** A word of statements where a value or a name should be: read as a name. */
  protected reservedWord(token: IToken, role: string): tree.Name {
    const fixes =
      role === "a value" ? [unsafeFix("write it as a text", spanOf(token), `"${token.image}"`)] : [];
    this.reporter.report("LV1022", { word: token.image, role }, spanOf(token), { fixes });
    return nameOf(token);
  }

  /** Whether a statement word stands where a value should, and no statement starts with it. */
  protected isReservedValue(): boolean {
    return isStatementWord(this.LA(1));
  }

  /** Reports a token that no reading accounts for; with an opening brace goes all that it encloses. */
  protected strayToken(token: IToken, expected: string): void {
    this.ACTION(() => {
      if (token.tokenType !== t.Junk) {
        this.reporter.report("LV1001", { expected, found: describe(token) }, spanOf(token));
      }
      if (token.tokenType === t.LeftBrace) this.skipToClosingBrace();
    });
  }

  /** Reads one token whatever it is, outside any rule's grammar; at the end of the file it stays there. */
  protected skip(): IToken {
    return this.isNext(EOF) ? this.LA(1) : this.CONSUME(t.AnyToken);
  }

  /** Skips what an opening brace, just read, encloses: nothing behind its `${…}` and no further declaration. */
  protected skipToClosingBrace(): void {
    let numStrings = 0;
    for (let depth = 1; depth > 0 && !this.isNext(EOF) && !this.leavesDeclaration(); ) {
      if (numStrings === 0 && this.isNext(t.StringMiddle, t.StringTail)) return;
      const { tokenType } = this.skip();
      if (tokenType === t.StringHead) numStrings++;
      else if (tokenType === t.StringTail) numStrings--;
      else if (numStrings > 0) continue;
      else if (tokenType === t.LeftBrace) depth++;
      else if (tokenType === t.RightBrace) depth--;
    }
  }

  protected comma(commas: Commas, token: IToken): void {
    this.ACTION(() => {
      if (!commas.afterElement) {
        const fixes = [safeFix("remove it", spanOf(token), "")];
        this.reporter.report("LV1015", {}, spanOf(token), { fixes });
      }
      commas.afterElement = false;
    });
  }

  /** Notes that an element starts here; without a comma before it, reports that. */
  protected element(commas: Commas, what: string): void {
    if (commas.afterElement) {
      const span = this.here();
      this.reporter.report("LV1014", { what }, span, { fixes: [safeFix("insert `,`", span, ",")] });
    }
    commas.afterElement = true;
  }

  /** Ends a list, a call or parentheses, with the token that closed it if there was one. */
  protected closed(open: IToken, close: IToken | undefined): number {
    const expected = this.closers.pop();
    if (close !== undefined && close.tokenType === expected) return endOf(close);
    const partner = open.tokenType === t.LeftBracket ? "]" : ")";
    const at = close === undefined ? this.here() : spanOf(close);
    const labels = [{ span: at, message: `\`${partner}\` is expected here` }];
    const fixes = [
      unsafeFix(close === undefined ? `insert \`${partner}\`` : `write \`${partner}\``, at, partner),
    ];
    this.reporter.report("LV1016", { open: open.image }, spanOf(open), { labels, fixes });
    return at.end;
  }

  protected numberLiteral(sign: IToken | undefined, token: IToken): tree.NumberLiteral {
    const { value, unit } = readNumber(token.image);
    const end = endOf(token);
    return {
      kind: "number",
      text: `${sign?.image ?? ""}${token.image}`,
      value: sign?.tokenType === t.Minus ? -value : value,
      unit: unit === "" ? undefined : { kind: "name", text: unit, span: { start: end - unit.length, end } },
      span: { start: (sign ?? token).startOffset, end },
    };
  }

  /** The text of a string's token as a part; none where it is empty. */
  protected textParts(token: IToken): tree.StringText[] {
    const piece = this.#pieces.get(token.startOffset);
    if (piece === undefined || piece.span.start === piece.span.end) return [];
    return [{ kind: "string-text", value: piece.value, span: piece.span }];
  }

  protected interpolation(opener: IToken, expression: tree.Expression): tree.Interpolation {
    while (!this.isNext(t.StringMiddle, t.StringTail, EOF)) {
      this.strayToken(this.skip(), "`}`");
    }
    const span = { start: endOf(opener) - 2, end: this.LA(1).startOffset + 1 };
    return { kind: "interpolation", expression, span };
  }

  protected binary(left: tree.Expression, operator: IToken, right: tree.Expression): tree.Expression {
    const depth = 1 + Math.max(this.#depths.get(left) ?? 0, this.#depths.get(right) ?? 0);
    if (depth > maxOperatorDepth) {
      // What is left out stays as deep as it was, so that each further operator comes here again.
      if (!this.#tooDeep.has(left)) {
        this.#tooDeep.add(left);
        this.reporter.report("LV1034", { what: "operators", limit: maxOperatorDepth }, spanOf(operator));
      }
      return left;
    }
    const binary: tree.Binary = {
      kind: "binary",
      operator: binaryOperators.get(operator.tokenType) ?? "+",
      operatorSpan: spanOf(operator),
      left,
      right,
      span: { start: left.span.start, end: Math.max(right.span.end, endOf(operator)) },
    };
    this.#depths.set(binary, depth);
    return binary;
  }

  /** Notes how deep the operators inside a bracketed expression nest. */
  protected enclosing<E extends tree.Expression>(expression: E, inside: readonly tree.Expression[]): E {
    let depth = 0;
    for (const inner of inside) depth = Math.max(depth, this.#depths.get(inner) ?? 0);
    if (depth > 0) this.#depths.set(expression, depth);
    return expression;
  }

  protected referenceTo(path: tree.Path): tree.Expression {
    const literal = path.segments.length === 1 ? foreignLiterals.get(path.text) : undefined;
    if (literal === undefined) return { kind: "reference", path, span: path.span };
    const fixes = [safeFix(`write \`${literal}\``, path.span, literal)];
    this.reporter.report("LV1007", { found: path.text, literal }, path.span, { fixes });
    return constantOf(this.LA(0), literal);
  }

  protected pathOf(segments: readonly tree.Name[]): tree.Path {
    const start = segments[0]?.span.start ?? 0;
    const end = segments.at(-1)?.span.end ?? start;
    return {
      kind: "path",
      segments,
      text: segments.map((name) => name.text).join("."),
      span: { start, end },
    };
  }
}

const binaryOperators: ReadonlyMap<TokenType, tree.BinaryOperator> = new Map<TokenType, tree.BinaryOperator>([
  [t.Plus, "+"],
  [t.Minus, "-"],
  [t.Star, "*"],
  [t.Slash, "/"],
]);
