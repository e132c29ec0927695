/**
 * The parser of `.lavis` files: the grammar, and beside each rule what people type instead of it.
 *
 * No rule gives up on a mistake: what is missing is reported and stands in the tree as missing, what is too
 * much is reported and skipped up to the end of its line, and the next line is read as if nothing had been.
 */

import { EOF, type IToken, isRecognitionException, type ParserMethod } from "chevrotain";
import type * as tree from "../tree.ts";
import { endOf, type StringPiece, spanOf } from "./lexer.ts";
import type { Commas } from "./parser-base.ts";
import { type SyntaxReporter, safeFix, unsafeFix } from "./report.ts";
import type { Docs } from "./statement-base.ts";
import { StatementParser } from "./statements.ts";
import * as t from "./tokens.ts";
import { describe, nameOf } from "./words.ts";

/** The version of the language that this parser reads. */
export const languageVersion = 1;

const onlyOneBase =
  "a recipe extends one other, which may extend a third; what several recipes share is a fragment to `use`";

/** What a file holds, apart from its comments. */
export type FileContent = Pick<tree.File, "version" | "imports" | "declarations" | "broken">;

interface MutableContent {
  version: tree.Version | undefined;
  readonly imports: tree.Import[];
  readonly declarations: tree.Declaration[];
  readonly broken: tree.Broken[];
}

export class RecipeParser extends StatementParser {
  #content: MutableContent = { version: undefined, imports: [], declarations: [], broken: [] };

  /** Makes the parser; `validate` checks the grammar itself, which only a test needs to do. */
  constructor(validate = false) {
    super(!validate);
    this.performSelfAnalysis();
  }

  /** Reads a file's tokens; reports what is wrong with them. */
  read(
    tokens: IToken[],
    pieces: ReadonlyMap<number, StringPiece>,
    docs: Docs,
    reporter: SyntaxReporter,
  ): FileContent {
    this.begin(tokens, pieces, reporter);
    this.docs = docs;
    this.unclosedAt = -1;
    this.#content = { version: undefined, imports: [], declarations: [], broken: [] };
    this.file();
    for (const { message, token } of this.errors) {
      const end = reporter.source.text.length;
      const span = token.tokenType === EOF ? { start: end, end } : spanOf(token);
      reporter.report("LV1001", { expected: message, found: describe(token) }, span);
    }
    return this.#content;
  }

  /** `file = [ "lavis" NUMBER ] { import } { decl }` */
  readonly file: ParserMethod<[], void> = this.RULE("file", () => {
    this.MANY({
      GATE: () => !this.isNext(EOF),
      DEF: () => {
        const first = this.LA(1);
        this.ACTION(() => {
          this.declarationColumn = this.columnOf(first);
        });
        try {
          this.SUBRULE(this.member);
          this.ACTION(() => this.#content.broken.push(...this.#restOfMember(first)));
        } catch (error) {
          if (!(error instanceof Error) || !isRecognitionException(error)) throw error;
          if (!this.isNext(EOF)) this.#content.broken.push(this.strayMember(this.skip()));
        }
      },
    });
  });

  /** One member of the top level. */
  readonly member: ParserMethod<[], void> = this.RULE("member", () => {
    const { imports, declarations, broken } = this.#content;
    const declare = (declaration: tree.Declaration) => this.ACTION(() => declarations.push(declaration));
    this.OR([
      { ALT: () => this.CONSUME(t.NewLine), IGNORE_AMBIGUITIES: true },
      { GATE: () => !this.startsEntry(), ALT: () => this.SUBRULE(this.version), IGNORE_AMBIGUITIES: true },
      {
        GATE: () => !this.startsEntry(),
        ALT: () => {
          const node = this.SUBRULE(this.import);
          this.ACTION(() => imports.push(node));
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => !this.startsEntry(),
        ALT: () => declare(this.SUBRULE(this.param)),
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => !this.startsEntry(),
        ALT: () => declare(this.SUBRULE(this.binding)),
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => !this.startsEntry(),
        ALT: () => declare(this.SUBRULE(this.fragment)),
        IGNORE_AMBIGUITIES: true,
      },
      {
        GATE: () => !this.startsEntry(),
        ALT: () => declare(this.SUBRULE(this.recipe)),
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => this.semicolon(this.CONSUME(t.Semicolon), broken), IGNORE_AMBIGUITIES: true },
      {
        GATE: () =>
          this.startsEntry() ||
          this.startsQuoted() ||
          this.isNext(t.Identifier, t.Use, t.Remove, t.LeftBrace),
        ALT: () => {
          const item = this.SUBRULE(this.item);
          this.ACTION(() => broken.push(this.outsideRecipe(item)));
        },
        IGNORE_AMBIGUITIES: true,
      },
      {
        ALT: () => {
          const token = this.CONSUME(t.AnyToken);
          this.ACTION(() => broken.push(this.strayMember(token)));
        },
      },
    ]);
  });

  /** `"lavis" NUMBER` */
  readonly version: ParserMethod<[], void> = this.RULE("version", () => {
    const word = this.CONSUME(t.Lavis);
    const number = this.OR<tree.NumberLiteral | tree.Missing>([
      { ALT: () => this.SUBRULE(this.number) },
      { ALT: () => this.ACTION(() => this.missingValue()) },
    ]);
    this.ACTION(() => {
      const content = this.#content;
      const isFirst =
        content.version === undefined && content.imports.length + content.declarations.length === 0;
      if (!isFirst)
        this.reporter.report(
          "LV1030",
          { word: "lavis", where: "once, at the top of the file" },
          spanOf(word),
        );
      else if (number.kind === "number" && (number.value !== languageVersion || number.unit !== undefined)) {
        const parameters = { version: number.text, supported: languageVersion };
        const fixes = [unsafeFix(`write \`${languageVersion}\``, number.span, String(languageVersion))];
        this.reporter.report("LV1035", parameters, number.span, { fixes });
      }
      const version: tree.Version = { kind: "version", number, span: this.spanFrom(word) };
      if (content.version === undefined) content.version = version;
      else content.broken.push({ kind: "broken", span: version.span });
    });
  });

  /** `"import" "{" NAME { "," NAME } "}" "from" STRING` */
  readonly import: ParserMethod<[], tree.Import> = this.RULE("import", () => {
    const word = this.CONSUME(t.Import);
    this.ACTION(() => {
      if (this.#content.declarations.length === 0) return;
      this.reporter.report("LV1030", { word: "import", where: "before the declarations" }, spanOf(word));
    });
    const names: tree.Name[] = [];
    this.OR([
      { ALT: () => this.SUBRULE(this.importNames, { ARGS: [names] }) },
      {
        ALT: () => {
          this.ACTION(() => this.expected("`{` and the names to import"));
          this.OPTION(() => this.SUBRULE(this.hyphenated));
        },
      },
    ]);
    this.OR2([
      { ALT: () => this.CONSUME(t.From) },
      { ALT: () => this.ACTION(() => this.expected("`from` and a file")) },
    ]);
    const from = this.OR3<tree.StringLiteral | tree.Missing>([
      { ALT: () => this.SUBRULE(this.string) },
      { ALT: () => this.ACTION(() => this.missingFile()) },
    ]);
    return this.ACTION<tree.Import>(() => ({ kind: "import", names, from, span: this.spanFrom(word) }));
  });

  readonly importNames: ParserMethod<[tree.Name[]], void> = this.RULE("importNames", (names) => {
    const open = this.CONSUME(t.LeftBrace);
    const commas: Commas = { afterElement: false };
    this.MANY({
      GATE: () => !this.isNext(t.RightBrace, t.From, t.StringToken, t.NewLine, EOF),
      DEF: () =>
        this.OR([
          { ALT: () => this.comma(commas, this.CONSUME(t.Comma)), IGNORE_AMBIGUITIES: true },
          {
            ALT: () => {
              this.ACTION(() => this.element(commas, "these two names"));
              const name = this.SUBRULE(this.hyphenated);
              this.ACTION(() => names.push(name));
            },
            IGNORE_AMBIGUITIES: true,
          },
          {
            ALT: () => this.strayToken(this.CONSUME(t.AnyToken), "a name, `,` or `}`"),
            IGNORE_AMBIGUITIES: true,
          },
        ]),
    });
    this.ACTION(() => {
      const isEmpty = this.LA(0) === open && this.isNext(t.RightBrace);
      if (isEmpty) this.missingName("the names to import");
    });
    this.OR2([
      { ALT: () => this.CONSUME(t.RightBrace) },
      {
        ALT: () =>
          this.ACTION(() => {
            const at = this.here();
            const fixes = [unsafeFix("insert `}`", at, " }")];
            const labels = [{ span: at, message: "`}` is expected here" }];
            this.reporter.report("LV1016", { open: "{" }, spanOf(open), { labels, fixes });
          }),
      },
    ]);
  });

  /** `"param" NAME ":" type [ "=" expr ]` */
  readonly param: ParserMethod<[], tree.Param> = this.RULE("param", () => {
    const word = this.CONSUME(t.Param);
    const name = this.SUBRULE(this.name, { ARGS: ["the name of a parameter"] });
    const type = this.OR<tree.TypeExpression | undefined>([
      {
        ALT: () => {
          this.CONSUME(t.Colon);
          return this.SUBRULE(this.type);
        },
      },
      {
        GATE: () => this.isTypeWithoutColon(),
        ALT: () => {
          this.ACTION(() => {
            const fixes = [safeFix("insert `:`", this.here(), ":")];
            this.reporter.report("LV1032", { name: name.text }, name.span, { fixes });
          });
          return this.SUBRULE2(this.type);
        },
      },
      {
        ALT: () =>
          this.ACTION(() => {
            if (name.text !== "") this.reporter.report("LV1032", { name: name.text }, name.span);
            return undefined;
          }),
      },
    ]);
    const value = this.OPTION(() => {
      this.OR2([
        { ALT: () => this.CONSUME(t.Assign) },
        { ALT: () => this.wrongAssign(this.CONSUME(t.WrongAssign)) },
      ]);
      return this.SUBRULE(this.value, { ARGS: [this.ACTION(() => name.text)] });
    });
    return this.ACTION<tree.Param>(() => ({
      kind: "param",
      docs: this.docsOf(word),
      name,
      type,
      default: value,
      span: this.spanFrom(word),
    }));
  });

  /** `type = ( NAME | STRING ) { "|" ( NAME | STRING ) } [ "?" ]` */
  readonly type: ParserMethod<[], tree.TypeExpression> = this.RULE("type", () => {
    const first = this.SUBRULE(this.typeMember);
    const members: (tree.Name | tree.StringLiteral)[] = [];
    this.ACTION(() => members.push(first));
    this.MANY(() => {
      this.CONSUME(t.Pipe);
      const member = this.SUBRULE2(this.typeMember);
      this.ACTION(() => members.push(member));
    });
    const question = this.OPTION(() => this.CONSUME(t.Question));
    return this.ACTION<tree.TypeExpression>(() => {
      const end = Math.max(question === undefined ? 0 : endOf(question), members.at(-1)?.span.end ?? 0);
      return {
        kind: "type",
        members,
        optional: question !== undefined,
        span: { start: first.span.start, end },
      };
    });
  });

  readonly typeMember: ParserMethod<[], tree.Name | tree.StringLiteral> = this.RULE("typeMember", () =>
    this.OR<tree.Name | tree.StringLiteral>([
      { ALT: () => this.SUBRULE(this.string) },
      {
        GATE: () => this.isNext(t.Identifier, t.Secret),
        ALT: () => {
          const token = this.CONSUME(t.AnyWord);
          return this.ACTION(() => nameOf(token));
        },
      },
      { ALT: () => this.ACTION(() => this.missingName("a type")) },
    ]),
  );

  /** `"secret" NAME "=" expr` and `"let" NAME "=" expr` */
  readonly binding: ParserMethod<[], tree.Secret | tree.Let> = this.RULE("binding", () => {
    const word = this.OR([{ ALT: () => this.CONSUME(t.Secret) }, { ALT: () => this.CONSUME(t.Let) }]);
    const name = this.SUBRULE(this.name, { ARGS: [this.ACTION(() => `the name of a \`${word.image}\``)] });
    this.OPTION({
      GATE: () => this.startsType(),
      DEF: () => {
        const colon = this.CONSUME(t.Colon);
        this.SUBRULE(this.type);
        this.ACTION(() => {
          const span = this.spanFrom(colon);
          this.reporter.report("LV1033", { word: word.image }, span, {
            fixes: [safeFix("remove the type", span, "")],
          });
        });
      },
    });
    this.SUBRULE(this.assignment, { ARGS: [this.ACTION(() => name.text)] });
    const value = this.SUBRULE(this.value, { ARGS: [this.ACTION(() => name.text)] });
    return this.ACTION<tree.Secret | tree.Let>(() => ({
      kind: word.tokenType === t.Let ? "let" : "secret",
      docs: this.docsOf(word),
      name,
      value,
      span: this.spanFrom(word),
    }));
  });

  /** `"fragment" NAME "for" NAME block` */
  readonly fragment: ParserMethod<[], tree.Fragment> = this.RULE("fragment", () => {
    const word = this.CONSUME(t.Fragment);
    const name = this.SUBRULE(this.name, { ARGS: ["the name of a fragment"] });
    this.OR([
      { ALT: () => this.CONSUME(t.For) },
      { ALT: () => this.ACTION(() => this.expected("`for` and a kind of section")) },
    ]);
    const target = this.SUBRULE2(this.kindName);
    const block = this.SUBRULE(this.body, { ARGS: [this.ACTION(() => `fragment \`${name.text}\``), []] });
    return this.ACTION<tree.Fragment>(() => ({
      kind: "fragment",
      docs: this.docsOf(word),
      name,
      target,
      block,
      span: this.spanFrom(word),
    }));
  });

  /**
   * The kind that a fragment is for, any word where the block follows (`for recipe { … }`); where `for` is
   * missing too, that has been said.
   */
  readonly kindName: ParserMethod<[], tree.Name> = this.RULE("kindName", () =>
    this.OR<tree.Name>([
      { ALT: () => this.SUBRULE(this.hyphenated) },
      {
        GATE: () => this.LA(0).tokenType === t.For && this.LA(2).tokenType === t.LeftBrace,
        ALT: () => {
          const word = this.CONSUME(t.StatementWord);
          return this.ACTION(() => nameOf(word));
        },
      },
      {
        ALT: () =>
          this.ACTION(() => {
            if (this.LA(0).tokenType === t.For)
              return this.missingName("the kind of section that the fragment is for");
            return { kind: "name", text: "", span: this.here() };
          }),
      },
    ]),
  );

  /** `"recipe" NAME [ "extends" NAME ] block` */
  readonly recipe: ParserMethod<[], tree.Recipe> = this.RULE("recipe", () => {
    const word = this.CONSUME(t.Recipe);
    const name = this.SUBRULE(this.name, { ARGS: ["the name of a recipe"] });
    const base = this.OPTION(() => {
      this.CONSUME(t.Extends);
      return this.SUBRULE2(this.name, { ARGS: ["the name of the recipe to extend"] });
    });
    const notes = base ? [onlyOneBase] : [];
    const block = this.SUBRULE(this.body, { ARGS: [this.ACTION(() => `recipe \`${name.text}\``), notes] });
    return this.ACTION<tree.Recipe>(() => ({
      kind: "recipe",
      docs: this.docsOf(word),
      name,
      base,
      block,
      span: this.spanFrom(word),
    }));
  });

  /** The block of a declaration; what stands before it on its line and does not belong there is reported, with notes. */
  readonly body: ParserMethod<[string, readonly string[]], tree.Block> = this.RULE("body", (owner, notes) => {
    this.ACTION(() => {
      if (this.isNext(t.LeftBrace, t.NewLine, EOF)) return;
      this.expected("`{`", notes);
      while (!this.isNext(t.LeftBrace, t.NewLine, t.RightBrace, EOF)) this.skip();
    });
    return this.OR<tree.Block>([
      { ALT: () => this.SUBRULE(this.block) },
      {
        ALT: () =>
          this.ACTION(() => {
            const span = this.here();
            this.reporter.report("LV1036", { what: owner, block: "{ … }" }, span);
            return { kind: "block", items: [], span };
          }),
      },
    ]);
  });

  /** What follows a member on its line and starts no other: reported and skipped. */
  #restOfMember(first: IToken): tree.Broken[] {
    return first.tokenType === t.NewLine ? [] : this.restOfItem();
  }
}
