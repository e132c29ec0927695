/** The part of the parser that reads blocks and their items, wrongly written ones included. */

import { EOF, type IToken, type ParserMethod, type TokenType } from "chevrotain";
import type * as tree from "../tree.ts";
import { isStatementWord, isWord } from "./layout.ts";
import { endOf, spanOf } from "./lexer.ts";
import { safeFix } from "./report.ts";
import { StatementBase } from "./statement-base.ts";
import * as t from "./tokens.ts";
import { nameOf } from "./words.ts";

/** What behind a name shows that the name starts an item: a key's or a section's. */
const startsItem: ReadonlySet<TokenType> = new Set([t.Assign, t.WrongAssign, t.Colon, t.LeftBrace, t.From]);

export abstract class StatementParser extends StatementBase {
  /** `block = "{" { item [ "," ] } "}"` */
  readonly block: ParserMethod<[], tree.Block> = this.RULE("block", () => {
    const open = this.CONSUME(t.LeftBrace);
    const items: tree.Item[] = [];
    this.MANY({
      GATE: () => !this.isNext(t.RightBrace, EOF) && !this.leavesDeclaration(),
      DEF: () =>
        this.OR([
          { ALT: () => this.CONSUME(t.NewLine), IGNORE_AMBIGUITIES: true },
          { ALT: () => this.strayComma(this.CONSUME(t.Comma), items), IGNORE_AMBIGUITIES: true },
          { ALT: () => this.semicolon(this.CONSUME(t.Semicolon), items), IGNORE_AMBIGUITIES: true },
          {
            ALT: () => {
              const item = this.SUBRULE(this.item);
              this.ACTION(() => items.push(item, ...this.restOfItem()));
              this.OPTION({ GATE: () => this.isNext(t.Comma), DEF: () => this.CONSUME2(t.Comma) });
            },
          },
        ]),
    });
    const end = this.OR2<number>([
      {
        ALT: () => {
          const close = this.CONSUME(t.RightBrace);
          return this.ACTION(() => endOf(close));
        },
      },
      { ALT: () => this.ACTION(() => this.unclosedBlock(open)) },
    ]);
    return this.ACTION<tree.Block>(() => ({ kind: "block", items, span: { start: open.startOffset, end } }));
  });

  /** `item = use | remove | NAME "=" expr | section`, and what is none of them. */
  readonly item: ParserMethod<[], tree.Item> = this.RULE("item", () =>
    this.OR<tree.Item>([
      { GATE: () => this.startsEntry(), ALT: () => this.SUBRULE(this.entry), IGNORE_AMBIGUITIES: true },
      { ALT: () => this.SUBRULE(this.use), IGNORE_AMBIGUITIES: true },
      { ALT: () => this.SUBRULE(this.remove), IGNORE_AMBIGUITIES: true },
      { ALT: () => this.SUBRULE(this.named), IGNORE_AMBIGUITIES: true },
      { GATE: () => this.startsQuoted(), ALT: () => this.SUBRULE(this.quoted), IGNORE_AMBIGUITIES: true },
      { ALT: () => this.SUBRULE(this.anonymousBlock), IGNORE_AMBIGUITIES: true },
      {
        GATE: () => this.startsDeclaration(),
        ALT: () => this.SUBRULE(this.misplaced),
        IGNORE_AMBIGUITIES: true,
      },
      {
        ALT: () => {
          const token = this.CONSUME(t.AnyToken);
          return this.ACTION(() => this.strayItem(token));
        },
      },
    ]),
  );

  /** `"use" NAME` */
  readonly use: ParserMethod<[], tree.Use> = this.RULE("use", () => {
    const word = this.CONSUME(t.Use);
    const fragment = this.SUBRULE(this.name, { ARGS: ["the name of a fragment"] });
    return this.ACTION<tree.Use>(() => ({
      kind: "use",
      docs: this.docsOf(word),
      fragment,
      span: this.spanFrom(word),
    }));
  });

  /** `"remove" NAME [ NAME ]`; a second name that starts an item of its own is none of this one. */
  readonly remove: ParserMethod<[], tree.Remove> = this.RULE("remove", () => {
    const word = this.CONSUME(t.Remove);
    const target = this.SUBRULE(this.name, { ARGS: ["the kind of section or the key to remove"] });
    const label = this.OPTION({
      GATE: () => this.isNext(t.Identifier) && !startsItem.has(this.LA(2).tokenType),
      DEF: () => this.SUBRULE(this.hyphenated),
    });
    return this.ACTION<tree.Remove>(() => ({
      kind: "remove",
      docs: this.docsOf(word),
      target,
      label,
      span: this.spanFrom(word),
    }));
  });

  /** `NAME "=" expr`, the name being any word since `=` follows. */
  readonly entry: ParserMethod<[], tree.Entry | tree.Section> = this.RULE("entry", () => {
    const key = this.CONSUME(t.AnyWord);
    const name = this.ACTION(() => nameOf(key));
    return this.SUBRULE(this.entryOf, { ARGS: [key, name] });
  });

  /** What follows a key: the assignment and the value. */
  readonly entryOf: ParserMethod<[IToken, tree.Name], tree.Entry | tree.Section> = this.RULE(
    "entryOf",
    (first, key) => {
      this.SUBRULE(this.assignment, { ARGS: [this.ACTION(() => key.text)] });
      return this.SUBRULE(this.entryValue, { ARGS: [first, key] });
    },
  );

  /** The value of an entry; a block in its place is read as the section that was meant. */
  readonly entryValue: ParserMethod<[IToken, tree.Name], tree.Entry | tree.Section> = this.RULE(
    "entryValue",
    (first, key) => {
      const entry = (value: tree.Expression): tree.Entry =>
        this.ACTION(() => ({
          kind: "entry",
          docs: this.docsOf(first),
          key,
          value,
          span: this.spanFrom(first),
        }));
      return this.OR<tree.Entry | tree.Section>([
        {
          GATE: () => this.isNext(t.LeftBrace),
          ALT: () => {
            this.ACTION(() => this.blockAsValue(key));
            const block = this.SUBRULE(this.block);
            return this.ACTION(() => this.section(first, key, undefined, undefined, block));
          },
        },
        { ALT: () => entry(this.SUBRULE(this.value, { ARGS: [this.ACTION(() => key.text)] })) },
        { ALT: () => entry(this.ACTION(() => this.missingValue())) },
      ]);
    },
  );

  /** A value behind `=`; one that starts on the next line is reported and read. */
  readonly value: ParserMethod<[string], tree.Expression> = this.RULE("value", (name) => {
    this.OPTION({
      GATE: () => this.valueIsOnNextLine(),
      DEF: () => {
        this.CONSUME(t.NewLine);
        this.ACTION(() => {
          const between = { start: endOf(this.LA(-1)), end: this.LA(1).startOffset };
          const isBlank = this.reporter.source.slice(between).trim() === "";
          const fixes = isBlank ? [safeFix("move the value up", between, " ")] : [];
          this.reporter.report("LV1003", { name }, spanOf(this.LA(1)), { fixes });
        });
      },
    });
    return this.SUBRULE(this.expression);
  });

  /** An item that starts with a name: a section, or an entry that lacks its `=`. */
  readonly named: ParserMethod<[], tree.Item> = this.RULE("named", () => {
    const first = this.LA(1);
    const name = this.SUBRULE(this.hyphenated);
    return this.OR<tree.Item>([
      {
        GATE: () => this.isNext(t.Colon),
        ALT: () => this.SUBRULE(this.colonItem, { ARGS: [first, name] }),
      },
      { GATE: () => this.isNext(t.Dot), ALT: () => this.SUBRULE(this.dotted, { ARGS: [first] }) },
      {
        GATE: () => this.isNext(t.Assign, t.WrongAssign),
        ALT: () => this.SUBRULE(this.entryOf, { ARGS: [first, name] }),
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => this.startsBareValue(),
        ALT: () => {
          this.ACTION(() => this.missingEquals(name.text));
          return this.SUBRULE(this.entryValue, { ARGS: [first, name] });
        },
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => this.SUBRULE(this.sectionOf, { ARGS: [first, name] }), IGNORE_AMBIGUITIES: true },
    ]);
  });

  /** `key: value`, `kind: { … }` and YAML's `kind:` before indented lines. */
  readonly colonItem: ParserMethod<[IToken, tree.Name], tree.Item> = this.RULE("colonItem", (first, name) =>
    this.OR<tree.Item>([
      {
        GATE: () => [t.LeftBrace, t.NewLine, t.RightBrace, EOF].includes(this.LA(2).tokenType),
        ALT: () => {
          const colon = this.CONSUME(t.Colon);
          this.ACTION(() => {
            const fixes = this.isNext(t.LeftBrace) ? [safeFix("remove the colon", spanOf(colon), "")] : [];
            const parameters = { name: name.text, instead: `\`${name.text} { … }\`` };
            this.reporter.report("LV1005", parameters, spanOf(colon), { fixes });
          });
          const block = this.OPTION(() => this.SUBRULE(this.block));
          return this.ACTION(() => this.section(first, name, undefined, undefined, block));
        },
      },
      { ALT: () => this.SUBRULE(this.entryOf, { ARGS: [first, name] }) },
    ]),
  );

  /** `run.amp = true` */
  readonly dotted: ParserMethod<[IToken], tree.Broken> = this.RULE("dotted", (first) => {
    this.MANY(() => {
      this.CONSUME(t.Dot);
      this.OPTION({ GATE: () => isWord(this.LA(1)), DEF: () => this.CONSUME(t.AnyWord) });
    });
    this.ACTION(() => {
      const span = this.spanFrom(first);
      const path = this.reporter.source.slice(span).replace(/\s/g, "");
      const parts = path.split(".");
      const key = parts.pop() ?? "";
      const repair = `${parts.join(" { ")} { ${key} = …${" }".repeat(parts.length)}`;
      this.reporter.report("LV1024", { path, repair }, span);
    });
    this.OPTION2({
      GATE: () => this.isNext(t.Assign, t.WrongAssign, t.Colon),
      DEF: () => {
        this.OR([
          { ALT: () => this.CONSUME(t.Assign) },
          { ALT: () => this.CONSUME(t.WrongAssign) },
          { ALT: () => this.CONSUME(t.Colon) },
        ]);
        this.OPTION3({
          GATE: () => this.startsValue(this.LA(1)),
          DEF: () => this.SUBRULE(this.expression),
        });
      },
    });
    return this.ACTION(() => this.broken(first));
  });

  /** The rest of `NAME [ path ] [ "from" ( NAME | STRING ) ] [ block ]`. */
  readonly sectionOf: ParserMethod<[IToken, tree.Name], tree.Section> = this.RULE(
    "sectionOf",
    (first, kind) => {
      const label = this.OPTION({
        GATE: () => this.isNext(t.Identifier, t.StringToken),
        DEF: () =>
          this.OR([
            { ALT: () => this.SUBRULE(this.label) },
            {
              ALT: () => {
                const token = this.CONSUME(t.StringToken);
                return this.ACTION(() => this.pathOf([this.unquoted(token, "a label")]));
              },
            },
          ]),
      });
      const from = this.OPTION2(() => {
        this.CONSUME(t.From);
        return this.SUBRULE(this.origin);
      });
      const block = this.OPTION3(() => this.SUBRULE(this.block));
      return this.ACTION(() => this.section(first, kind, label, from, block));
    },
  );

  /** A label: a path whose names may have hyphens, such as `clip.ViT-B-32`. */
  readonly label: ParserMethod<[], tree.Path> = this.RULE("label", () => {
    const segments: tree.Name[] = [];
    const push = (name: tree.Name) => this.ACTION(() => segments.push(name));
    push(this.SUBRULE(this.labelSegment));
    this.MANY(() => {
      this.CONSUME(t.Dot);
      this.OR([
        {
          GATE: () => isWord(this.LA(1)) || this.isNext(t.NumberToken),
          ALT: () => push(this.SUBRULE2(this.labelSegment)),
        },
        { ALT: () => push(this.ACTION(() => this.missingName("a name behind the dot"))) },
      ]);
    });
    return this.ACTION(() => this.pathOf(segments));
  });

  readonly labelSegment: ParserMethod<[], tree.Name> = this.RULE("labelSegment", () => {
    const first = this.OR([
      { ALT: () => this.CONSUME(t.AnyWord) },
      { ALT: () => this.CONSUME(t.NumberToken) },
    ]);
    this.MANY({
      GATE: () => this.isGluedHyphen(),
      DEF: () => {
        this.CONSUME(t.Minus);
        this.CONSUME(t.AnyToken);
      },
    });
    return this.ACTION<tree.Name>(() => {
      const span = this.spanFrom(first);
      return { kind: "name", text: this.reporter.source.slice(span), span };
    });
  });

  /** A name that should have no hyphens; with some, it is reported and read with `_`. */
  readonly hyphenated: ParserMethod<[], tree.Name> = this.RULE("hyphenated", () => {
    const first = this.CONSUME(t.Identifier);
    this.MANY({
      GATE: () => this.isGluedHyphen(),
      DEF: () => {
        this.CONSUME(t.Minus);
        this.CONSUME(t.AnyToken);
      },
    });
    return this.ACTION(() => this.withoutHyphens(first));
  });

  /** What follows `from`: a format's name or a file. */
  readonly origin: ParserMethod<[], tree.Name | tree.StringLiteral> = this.RULE("origin", () =>
    this.OR<tree.Name | tree.StringLiteral>([
      { ALT: () => this.SUBRULE(this.string) },
      { ALT: () => this.SUBRULE(this.name, { ARGS: ["a format or a file after `from`"] }) },
      { ALT: () => this.ACTION(() => this.missingName("a format or a file after `from`")) },
    ]),
  );

  /** A declared or named thing; where there is none, a missing name. */
  readonly name: ParserMethod<[string], tree.Name> = this.RULE("name", (what) =>
    this.OR<tree.Name>([
      { ALT: () => this.SUBRULE(this.hyphenated) },
      {
        GATE: () => isStatementWord(this.LA(1)) && !isWord(this.LA(2)),
        ALT: () => {
          const token = this.CONSUME(t.StatementWord);
          return this.ACTION(() => this.reservedWord(token, "a name"));
        },
      },
      { ALT: () => this.ACTION(() => this.missingName(what)) },
    ]),
  );

  /** `"seed": 42` and `"run": { … }` */
  readonly quoted: ParserMethod<[], tree.Item> = this.RULE("quoted", () => {
    const token = this.CONSUME(t.StringToken);
    const name = this.ACTION(() => this.unquoted(token, "a key"));
    return this.SUBRULE(this.colonItem, { ARGS: [token, name] });
  });

  /** `{ … }` without a kind. */
  readonly anonymousBlock: ParserMethod<[], tree.Broken> = this.RULE("anonymousBlock", () => {
    const open = this.LA(1);
    this.ACTION(() => this.reporter.report("LV1027", {}, spanOf(open)));
    this.SUBRULE(this.block);
    return this.ACTION(() => this.broken(open));
  });

  /** A declaration inside a block. */
  readonly misplaced: ParserMethod<[], tree.Broken> = this.RULE("misplaced", () => {
    const word = this.CONSUME(t.StatementWord);
    this.ACTION(() => {
      this.reporter.report("LV1028", { word: word.image }, spanOf(word));
      this.skipFrom(word);
    });
    return this.ACTION(() => this.broken(word));
  });
}
