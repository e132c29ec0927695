/** What the rules of blocks and declarations share that is no rule: looking ahead, skipping, reporting. */

import { EOF, type IToken, type TokenType } from "chevrotain";
import type { Span } from "../source.ts";
import type * as tree from "../tree.ts";
import { ExpressionParser } from "./expressions.ts";
import { isWord } from "./layout.ts";
import { endOf, spanOf } from "./lexer.ts";
import { safeFix, unsafeFix } from "./report.ts";
import * as t from "./tokens.ts";
import { describe } from "./words.ts";

/** Where an item ends at the latest. */
const itemEnds: ReadonlySet<TokenType> = new Set([t.NewLine, t.Comma, t.Semicolon, t.RightBrace, EOF]);
/** What may follow a name only as its value. */
const bareValues: ReadonlySet<TokenType> = new Set([
  t.NumberToken,
  t.StringHead,
  t.StringToken,
  t.True,
  t.False,
  t.None,
  t.LeftBracket,
  t.Plus,
  t.Minus,
]);
/** What may follow a value that stands alone on its line. */
const afterLoneValue: ReadonlySet<TokenType> = new Set([
  t.NewLine,
  t.Comma,
  t.RightBrace,
  t.Dot,
  t.LeftParen,
  t.Plus,
  t.Minus,
  t.Star,
  t.Slash,
  EOF,
]);

export type Docs = ReadonlyMap<number, readonly tree.Comment[]>;

export abstract class StatementBase extends ExpressionParser {
  /** The documentation before each token that has some, by the token's start. */
  protected docs: Docs = new Map();
  /** Where a block was last found to lack its brace: blocks around it that end there too say no more. */
  protected unclosedAt = -1;

  protected docsOf(token: IToken): readonly tree.Comment[] {
    return this.docs.get(token.startOffset) ?? [];
  }

  /** The span from a token to the last one that was read. */
  protected spanFrom(first: IToken): Span {
    return { start: first.startOffset, end: Math.max(endOf(first), endOf(this.LA(0))) };
  }

  protected broken(first: IToken): tree.Broken {
    return { kind: "broken", span: this.spanFrom(first) };
  }

  protected section(
    first: IToken,
    sectionKind: tree.Name,
    label: tree.Path | undefined,
    from: tree.Section["from"],
    block: tree.Block | undefined,
  ): tree.Section {
    return {
      kind: "section",
      docs: this.docsOf(first),
      sectionKind,
      label,
      from,
      block,
      span: this.spanFrom(first),
    };
  }

  protected startsEntry(): boolean {
    return isWord(this.LA(1)) && [t.Assign, t.WrongAssign].includes(this.LA(2).tokenType);
  }

  protected startsQuoted(): boolean {
    const follower = this.LA(2).tokenType;
    return this.isNext(t.StringToken) && [t.Colon, t.Assign, t.WrongAssign].includes(follower);
  }

  /** Whether a value follows a name directly, so that `=` is missing between them. */
  protected startsBareValue(): boolean {
    if (!bareValues.has(this.LA(1).tokenType)) return false;
    const isLabel = this.LA(2).tokenType === t.LeftBrace || this.LA(2).tokenType === t.From;
    return !(this.isNext(t.StringToken) && isLabel);
  }

  /** Whether what is missing behind `=` stands on the next line, and is no item of its own. */
  protected valueIsOnNextLine(): boolean {
    if (!this.isNext(t.NewLine) || !this.startsValue(this.LA(2))) return false;
    if (this.LA(2).tokenType !== t.Identifier) return true;
    const isHyphen = this.LA(3).tokenType === t.Minus && this.LA(3).startOffset === endOf(this.LA(2));
    return afterLoneValue.has(this.LA(3).tokenType) && !isHyphen;
  }

  /** Whether `-` glued to the name before it and the word or number behind it follows. */
  protected isGluedHyphen(): boolean {
    const behind = this.LA(2);
    return (
      this.isNext(t.Minus) &&
      this.LA(1).startOffset === endOf(this.LA(0)) &&
      behind.startOffset === endOf(this.LA(1)) &&
      (isWord(behind) || behind.tokenType === t.NumberToken)
    );
  }

  /** The name from a token to the last one that was read; hyphens in it are reported and read as `_`. */
  protected withoutHyphens(first: IToken): tree.Name {
    const span = this.spanFrom(first);
    const name = this.reporter.source.slice(span);
    if (!name.includes("-") || first === this.LA(0)) return { kind: "name", text: first.image, span };
    const repair = name.replaceAll("-", "_");
    this.reporter.report("LV1023", { name, repair }, span, {
      fixes: [safeFix(`write \`${repair}\``, span, repair)],
    });
    return { kind: "name", text: repair, span };
  }

  /** A name in quotes: reported and read as the name. */
  protected unquoted(token: IToken, what: string): tree.Name {
    const span = spanOf(token);
    const text = this.textParts(token)[0]?.value ?? "";
    const isName = /^[A-Za-z_]\w*(\.\w+)*$/.test(text);
    const fixes = isName ? [safeFix("remove the quotes", span, text)] : [];
    this.reporter.report("LV1025", { what }, span, { fixes });
    return { kind: "name", text: text === "" ? token.image : text, span };
  }

  protected blockAsValue(key: tree.Name): void {
    const assignment = this.LA(0);
    const between = { start: key.span.end, end: endOf(assignment) };
    const parameters = { name: key.text, block: "{ … }" };
    const fixes = [safeFix("remove the `=`", between, "")];
    this.reporter.report("LV1026", parameters, spanOf(assignment), { fixes });
  }

  protected strayComma(token: IToken, items: tree.Item[]): void {
    this.ACTION(() => {
      this.reporter.report("LV1015", {}, spanOf(token), { fixes: [safeFix("remove it", spanOf(token), "")] });
      items.push({ kind: "broken", span: spanOf(token) });
    });
  }

  protected semicolon(token: IToken, items: { push(broken: tree.Broken): unknown }): void {
    this.ACTION(() => {
      const endsLine = this.isNext(t.NewLine, t.RightBrace, EOF);
      const fixes = [safeFix(endsLine ? "remove it" : "write `,`", spanOf(token), endsLine ? "" : ",")];
      this.reporter.report("LV1020", {}, spanOf(token), { fixes });
      items.push({ kind: "broken", span: spanOf(token) });
    });
  }

  /** A token that no item starts with: reported, and skipped with the rest of its line. */
  protected strayItem(token: IToken): tree.Broken {
    this.reportStray(token, "`key = value`, a section, `use` or `remove`");
    this.skipFrom(token);
    return this.broken(token);
  }

  protected reportStray(token: IToken, expected: string): void {
    if (token.tokenType === t.Junk) return;
    const isCloser = token.tokenType === t.RightBracket || token.tokenType === t.RightParen;
    if (isCloser || token.tokenType === t.RightBrace) {
      const fixes = [unsafeFix("remove it", spanOf(token), "")];
      this.reporter.report("LV1017", { close: token.image }, spanOf(token), { fixes });
    } else this.reporter.report("LV1001", { expected, found: describe(token) }, spanOf(token));
  }

  /** What follows an item on its line and is none: reported and skipped. */
  protected restOfItem(): tree.Broken[] {
    const token = this.LA(1);
    if (itemEnds.has(token.tokenType) || isWord(token)) return [];
    this.skip();
    this.reportStray(token, "the end of the item");
    this.skipFrom(token);
    return [this.broken(token)];
  }

  /** Skips behind a token that was read to the end of the item, over blocks that open on the way. */
  protected skipFrom(token: IToken): void {
    if (token.tokenType === t.LeftBrace) this.skipToClosingBrace();
    while (!itemEnds.has(this.LA(1).tokenType)) {
      if (this.skip().tokenType === t.LeftBrace) this.skipToClosingBrace();
    }
  }

  /** Reports a block without its closing brace, and the inner block that probably took it. */
  protected unclosedBlock(open: IToken): number {
    const at = this.here();
    if (this.unclosedAt !== at.end) {
      const labels = [{ span: at, message: "`}` is expected here at the latest" }];
      this.reporter.report("LV1016", { open: "{" }, spanOf(open), { labels });
    }
    this.unclosedAt = at.end;
    return at.end;
  }

  protected expected(expected: string, notes: readonly string[] = []): void {
    this.reporter.report("LV1001", { expected, found: this.found() }, this.nextPlace(), { notes });
  }

  /** A file that is not there; one without its quotes is read to the end of the line. */
  protected missingFile(): tree.Missing {
    const span = this.here();
    if (this.LA(0).tokenType !== t.From) return { kind: "missing", span };
    const found = this.found();
    const first = this.nextPlace();
    while (!this.atLineEnd()) this.skip();
    const path = { start: first.start, end: Math.max(first.end, this.here().end) };
    const text = this.reporter.source.slice(path);
    const fixes = text === "" ? [] : [unsafeFix("write it in quotes", path, JSON.stringify(text))];
    this.reporter.report("LV1001", { expected: "the file to import from, as a string", found }, path, {
      fixes,
    });
    return { kind: "missing", span };
  }

  /** `param NAME type` on one line: only the colon is missing. */
  protected isTypeWithoutColon(): boolean {
    const behind = this.LA(2).tokenType;
    return this.isNext(t.Identifier) && [t.Assign, t.Pipe, t.Question, t.NewLine, EOF].includes(behind);
  }

  /** `: type =` behind the name of a `let`, rather than a colon for an equals sign. */
  protected startsType(): boolean {
    return this.isNext(t.Colon) && [t.Assign, t.Pipe, t.Question].includes(this.LA(3).tokenType);
  }

  /** A token that nothing at the top level starts with. */
  protected strayMember(token: IToken): tree.Broken {
    this.reportStray(token, "`import`, `param`, `secret`, `let`, `fragment` or `recipe`");
    if (token.tokenType !== t.RightBrace && token.tokenType !== t.Comma) this.skipFrom(token);
    return this.broken(token);
  }

  /** An item that stands at the top level. */
  protected outsideRecipe(item: tree.Item): tree.Broken {
    const { span } = item;
    switch (item.kind) {
      case "broken":
        return item;
      case "entry": {
        const what = `the option \`${item.key.text}\``;
        const how = `move it into a section of a recipe, or name the value: \`let ${item.key.text} = …\``;
        this.reporter.report("LV1029", { what, how }, item.key.span);
        break;
      }
      case "section": {
        const what = `the section \`${item.sectionKind.text}\``;
        this.reporter.report(
          "LV1029",
          { what, how: "put `recipe NAME { … }` around it" },
          item.sectionKind.span,
        );
        break;
      }
      default: {
        const word = { start: span.start, end: span.start + item.kind.length };
        this.reporter.report("LV1029", { what: `\`${item.kind}\``, how: "move it into a recipe" }, word);
      }
    }
    return { kind: "broken", span };
  }
}
