/** The half of the parser that reads names, paths and expressions, wrongly written ones included. */

import type { IToken, ParserMethod } from "chevrotain";
import type * as tree from "../tree.ts";
import { endOf, spanOf } from "./lexer.ts";
import { type Commas, ParserBase } from "./parser-base.ts";
import { safeFix } from "./report.ts";
import * as t from "./tokens.ts";
import { constantOf, describe, nameOf } from "./words.ts";

export abstract class ExpressionParser extends ParserBase {
  /** `expr = term { ("+" | "-") term }` */
  readonly expression: ParserMethod<[], tree.Expression> = this.RULE("expression", () => {
    let left = this.SUBRULE(this.term);
    this.MANY(() => {
      const operator = this.OR([{ ALT: () => this.CONSUME(t.Plus) }, { ALT: () => this.CONSUME(t.Minus) }]);
      const right = this.SUBRULE2(this.term);
      left = this.ACTION(() => this.binary(left, operator, right));
    });
    return left;
  });

  /** `term = primary { ("*" | "/") primary }` */
  readonly term: ParserMethod<[], tree.Expression> = this.RULE("term", () => {
    let left = this.SUBRULE(this.primary);
    this.MANY(() => {
      const operator = this.OR([{ ALT: () => this.CONSUME(t.Star) }, { ALT: () => this.CONSUME(t.Slash) }]);
      const right = this.SUBRULE2(this.primary);
      left = this.ACTION(() => this.binary(left, operator, right));
    });
    return left;
  });

  /** `primary = [ "+" | "-" ] NUMBER | STRING | constant | list | ref [ call ] | "(" expr ")"` */
  readonly primary: ParserMethod<[], tree.Expression> = this.RULE("primary", () =>
    this.OR<tree.Expression>([
      { ALT: () => this.SUBRULE(this.number) },
      { ALT: () => this.SUBRULE(this.signed) },
      { ALT: () => this.SUBRULE(this.string) },
      { ALT: () => this.SUBRULE(this.constant) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.parenthesized) },
      { ALT: () => this.SUBRULE(this.reference) },
      {
        GATE: () => this.isReservedValue(),
        ALT: () => this.SUBRULE(this.reservedValue),
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => this.ACTION(() => this.missingValue()) },
    ]),
  );

  readonly number: ParserMethod<[], tree.NumberLiteral> = this.RULE("number", () => {
    const token = this.CONSUME(t.NumberToken);
    return this.ACTION(() => this.numberLiteral(undefined, token));
  });

  /** A signed number; a sign before anything else is reported and left out. */
  readonly signed: ParserMethod<[], tree.Expression> = this.RULE("signed", () => {
    const sign = this.OR([{ ALT: () => this.CONSUME(t.Plus) }, { ALT: () => this.CONSUME(t.Minus) }]);
    this.MANY(() => this.OR2([{ ALT: () => this.CONSUME2(t.Plus) }, { ALT: () => this.CONSUME2(t.Minus) }]));
    return this.OR3<tree.Expression>([
      {
        GATE: () => this.LA(0) === sign,
        ALT: () => {
          const token = this.CONSUME(t.NumberToken);
          return this.ACTION(() => this.numberLiteral(sign, token));
        },
      },
      {
        ALT: () => {
          this.ACTION(() => {
            if (this.startsValue(this.LA(1)))
              this.reporter.report("LV1031", { found: describe(this.LA(1)) }, spanOf(sign));
          });
          return this.SUBRULE(this.unsignedPrimary);
        },
      },
      { ALT: () => this.ACTION(() => this.missingValue()) },
    ]);
  });

  /** What stands behind a sign that is none: anything but another sign. */
  readonly unsignedPrimary: ParserMethod<[], tree.Expression> = this.RULE("unsignedPrimary", () =>
    this.OR<tree.Expression>([
      { ALT: () => this.SUBRULE(this.number) },
      { ALT: () => this.SUBRULE(this.string) },
      { ALT: () => this.SUBRULE(this.constant) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.parenthesized) },
      { ALT: () => this.SUBRULE(this.reference) },
      { ALT: () => this.ACTION(() => this.missingValue()) },
    ]),
  );

  readonly constant: ParserMethod<[], tree.BooleanLiteral | tree.NoneLiteral> = this.RULE("constant", () => {
    const token = this.OR([
      { ALT: () => this.CONSUME(t.True) },
      { ALT: () => this.CONSUME(t.False) },
      { ALT: () => this.CONSUME(t.None) },
    ]);
    return this.ACTION(() => constantOf(token));
  });

  /** A string, and the expressions of its `${…}`. */
  readonly string: ParserMethod<[], tree.StringLiteral> = this.RULE("string", () =>
    this.OR<tree.StringLiteral>([
      {
        ALT: () => {
          const token = this.CONSUME(t.StringToken);
          return this.ACTION(() => ({ kind: "string", parts: this.textParts(token), span: spanOf(token) }));
        },
      },
      {
        ALT: () => {
          const head = this.CONSUME(t.StringHead);
          const parts: (tree.StringText | tree.Interpolation)[] = [];
          const read = (opener: IToken, expression: tree.Expression) =>
            this.ACTION(() => parts.push(...this.textParts(opener), this.interpolation(opener, expression)));
          read(head, this.SUBRULE(this.expression));
          this.MANY(() => {
            const middle = this.CONSUME(t.StringMiddle);
            read(middle, this.SUBRULE2(this.expression));
          });
          const tail = this.CONSUME(t.StringTail);
          return this.ACTION(() => {
            parts.push(...this.textParts(tail));
            const inside = parts.flatMap((part) => (part.kind === "interpolation" ? [part.expression] : []));
            const span = { start: head.startOffset, end: endOf(tail) };
            return this.enclosing<tree.StringLiteral>({ kind: "string", parts, span }, inside);
          });
        },
      },
    ]),
  );

  /** `"[" [ expr { "," expr } ] "]"`, with a comma at the end if one likes. */
  readonly list: ParserMethod<[], tree.List> = this.RULE("list", () => {
    const open = this.CONSUME(t.LeftBracket);
    const elements: tree.Expression[] = [];
    const commas: Commas = { afterElement: false };
    this.ACTION(() => this.closers.push(t.RightBracket));
    this.MANY({
      GATE: () => !this.atListEnd(),
      DEF: () =>
        this.OR([
          { ALT: () => this.comma(commas, this.CONSUME(t.Comma)), IGNORE_AMBIGUITIES: true },
          {
            GATE: () => this.startsValue(this.LA(1)),
            ALT: () => {
              this.ACTION(() => this.element(commas, "these two elements"));
              const element = this.SUBRULE(this.expression);
              this.ACTION(() => elements.push(element));
            },
            IGNORE_AMBIGUITIES: true,
          },
          { ALT: () => this.strayToken(this.CONSUME(t.AnyToken), "`,` or `]`"), IGNORE_AMBIGUITIES: true },
        ]),
    });
    const end = this.SUBRULE(this.closer, { ARGS: [open] });
    return this.ACTION(() =>
      this.enclosing({ kind: "list", elements, span: { start: open.startOffset, end } }, elements),
    );
  });

  readonly parenthesized: ParserMethod<[], tree.Parenthesized> = this.RULE("parenthesized", () => {
    const open = this.CONSUME(t.LeftParen);
    this.ACTION(() => this.closers.push(t.RightParen));
    const expression = this.SUBRULE(this.expression);
    this.MANY({
      GATE: () => !this.atListEnd(),
      DEF: () => this.strayToken(this.CONSUME(t.AnyToken), "`)`"),
    });
    const end = this.SUBRULE(this.closer, { ARGS: [open] });
    return this.ACTION(() =>
      this.enclosing({ kind: "parenthesized", expression, span: { start: open.startOffset, end } }, [
        expression,
      ]),
    );
  });

  /** `ref [ "(" [ arg { "," arg } ] ")" ]` */
  readonly reference: ParserMethod<[], tree.Expression> = this.RULE("reference", () => {
    const path = this.SUBRULE(this.path);
    return this.OR<tree.Expression>([
      { ALT: () => this.SUBRULE(this.call, { ARGS: [path] }) },
      { ALT: () => this.ACTION(() => this.referenceTo(path)) },
    ]);
  });

  readonly call: ParserMethod<[tree.Path], tree.Call> = this.RULE("call", (callee) => {
    const open = this.CONSUME(t.LeftParen);
    const given: tree.Argument[] = [];
    const commas: Commas = { afterElement: false };
    this.ACTION(() => this.closers.push(t.RightParen));
    this.MANY({
      GATE: () => !this.atListEnd(),
      DEF: () =>
        this.OR([
          { ALT: () => this.comma(commas, this.CONSUME(t.Comma)), IGNORE_AMBIGUITIES: true },
          {
            GATE: () => this.startsNamedArgument() || this.startsValue(this.LA(1)),
            ALT: () => {
              this.ACTION(() => this.element(commas, "these two arguments"));
              const argument = this.SUBRULE(this.argument);
              this.ACTION(() => given.push(argument));
            },
            IGNORE_AMBIGUITIES: true,
          },
          { ALT: () => this.strayToken(this.CONSUME(t.AnyToken), "`,` or `)`"), IGNORE_AMBIGUITIES: true },
        ]),
    });
    const end = this.SUBRULE(this.closer, { ARGS: [open] });
    return this.ACTION(() =>
      this.enclosing(
        { kind: "call", callee, arguments: given, span: { start: callee.span.start, end } },
        given.map((argument) => argument.value),
      ),
    );
  });

  /** `arg = [ NAME "=" ] expr` */
  readonly argument: ParserMethod<[], tree.Argument> = this.RULE("argument", () => {
    const name = this.OPTION({
      GATE: () => this.startsNamedArgument(),
      DEF: () => {
        const token = this.CONSUME(t.AnyWord);
        this.SUBRULE(this.assignment, { ARGS: [token.image] });
        return this.ACTION(() => nameOf(token));
      },
    });
    const value = this.SUBRULE(this.expression);
    return this.ACTION<tree.Argument>(() => ({
      kind: "argument",
      name,
      value,
      span: { start: (name ?? value).span.start, end: Math.max((name ?? value).span.end, value.span.end) },
    }));
  });

  /** A statement word used as a value. */
  readonly reservedValue: ParserMethod<[], tree.Reference> = this.RULE("reservedValue", () => {
    const token = this.CONSUME(t.StatementWord);
    return this.ACTION<tree.Reference>(() => {
      const path = this.pathOf([this.reservedWord(token, "a value")]);
      return { kind: "reference", path, span: path.span };
    });
  });

  /** `path = NAME { "." NAME }`; behind a dot stands any word, or a version such as the `7b` of `opt2.7b`. */
  readonly path: ParserMethod<[], tree.Path> = this.RULE("path", () => {
    const first = this.CONSUME(t.Identifier);
    const segments: tree.Name[] = [];
    const segment = (token: IToken) => this.ACTION(() => segments.push(nameOf(token)));
    segment(first);
    this.MANY(() => {
      this.CONSUME(t.Dot);
      this.OR([
        { ALT: () => segment(this.CONSUME(t.AnyWord)), IGNORE_AMBIGUITIES: true },
        { ALT: () => segment(this.CONSUME(t.NumberToken)) },
        { ALT: () => this.ACTION(() => segments.push(this.missingName("a name behind the dot"))) },
      ]);
    });
    return this.ACTION(() => this.pathOf(segments));
  });

  /** `=`, or what people type for it. */
  readonly assignment: ParserMethod<[string], void> = this.RULE("assignment", (name) => {
    this.OR([
      { ALT: () => this.CONSUME(t.Assign) },
      { ALT: () => this.wrongAssign(this.CONSUME(t.WrongAssign)) },
      {
        ALT: () => {
          const token = this.CONSUME(t.Colon);
          this.ACTION(() => {
            const isGlued = endOf(this.LA(-1)) === token.startOffset;
            const fixes = [safeFix("write `=`", spanOf(token), isGlued ? " =" : "=")];
            this.reporter.report("LV1005", { name, instead: `\`${name} = …\`` }, spanOf(token), { fixes });
          });
        },
      },
      { ALT: () => this.ACTION(() => this.missingEquals(name)) },
    ]);
  });

  /** The closing bracket of an opening one; reports where it is missing. Returns the end of the brackets. */
  readonly closer: ParserMethod<[IToken], number> = this.RULE("closer", (open) =>
    this.OR<number>([
      {
        GATE: () => this.closes(this.LA(1)),
        ALT: () => {
          const token = this.CONSUME(t.AnyToken);
          return this.ACTION(() => this.closed(open, token));
        },
      },
      { ALT: () => this.ACTION(() => this.closed(open, undefined)) },
    ]),
  );
}
