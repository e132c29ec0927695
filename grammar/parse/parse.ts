import type { IToken, Lexer } from "chevrotain";
import { compareDiagnostics, type Diagnostic } from "../diagnostic.ts";
import { SourceText, type Span } from "../source.ts";
import type { Comment, File } from "../tree.ts";
import { layOut } from "./layout.ts";
import { createLexer, endOf, lex } from "./lexer.ts";
import { once } from "./once.ts";
import { RecipeParser } from "./parser.ts";
import { SyntaxReporter } from "./report.ts";
import { findYaml } from "./yaml.ts";

/** What parsing gives: a tree for every input, and what is wrong with it, in the order of the text. */
export interface ParseResult {
  readonly source: SourceText;
  readonly tree: File;
  readonly diagnostics: readonly Diagnostic[];
}

/** Lexer and parser are made at the first use: their tables cost some ten milliseconds. */
const machinery = once((): { lexer: Lexer; parser: RecipeParser } => ({
  lexer: createLexer(),
  parser: new RecipeParser(),
}));

/** Reads a recipe file. Never throws: mistakes are diagnostics, and the tree holds what could be read. */
export function parse(input: SourceText | string): ParseResult {
  const source = typeof input === "string" ? new SourceText(input) : input;
  const { lexer, parser } = machinery();
  const reporter = new SyntaxReporter(source);
  const { tokens, comments, pieces } = lex(lexer, reporter);
  const docs = docsBefore(tokens, comments, source.text);
  const content = parser.read(layOut(tokens, reporter), pieces, docs, reporter);
  const span = { start: 0, end: source.text.length };
  const tree: File = { kind: "file", ...content, comments, span };
  if (reporter.diagnostics.length > 0) {
    const yaml = findYaml(source.text);
    if (yaml) return notARecipe(source, yaml);
  }
  return { source, tree, diagnostics: withoutEchoes(reporter.diagnostics, source) };
}

/** A file in another language: one diagnostic, and nothing in it that could be wrong as a recipe. */
function notARecipe(source: SourceText, span: Span): ParseResult {
  const reporter = new SyntaxReporter(source);
  reporter.report("LV1037", { how: howToImport(source.path) }, span);
  const tree: File = {
    kind: "file",
    version: undefined,
    imports: [],
    declarations: [],
    broken: [],
    comments: [],
    span: { start: 0, end: source.text.length },
  };
  return { source, tree, diagnostics: reporter.diagnostics };
}

/** The command that makes a recipe of YAML; a file with the ending of recipes lacks that of its own first. */
function howToImport(path: string): string {
  if (path.startsWith("<")) return "`lavisc import FILE.yaml`, or `lavisc import -` for standard input";
  const renamed = path.replace(/\.lavis$/, ".yaml");
  const isNamedRecipe = renamed !== path;
  return `${isNamedRecipe ? `rename it to \`${renamed}\`, then ` : ""}\`lavisc import ${renamed}\``;
}

/** The doc comments that stand on lines of their own before each token, by the token's start. */
function docsBefore(
  tokens: readonly IToken[],
  comments: readonly Comment[],
  text: string,
): ReadonlyMap<number, readonly Comment[]> {
  const docs = new Map<number, readonly Comment[]>();
  let next = 0;
  let behind = 0;
  for (const token of tokens) {
    const found: Comment[] = [];
    for (let comment = comments[next]; comment !== undefined; comment = comments[++next]) {
      if (comment.span.start > token.startOffset) break;
      const isOwnLine = behind === 0 || /[\r\n]/.test(text.slice(behind, comment.span.start));
      if (comment.style === "doc" && isOwnLine) found.push(comment);
      behind = comment.span.end;
    }
    if (found.length > 0) docs.set(token.startOffset, found);
    behind = endOf(token);
  }
  return docs;
}

/** Codes that say only that reading went wrong, not why. */
const vagueCodes: ReadonlySet<string> = new Set(["LV1001", "LV1002", "LV1017", "LV1021"]);

/** In order, and without the vague ones that stand behind or at another on their line: those are its echoes. */
function withoutEchoes(diagnostics: readonly Diagnostic[], source: SourceText): readonly Diagnostic[] {
  const kept: Diagnostic[] = [];
  let lineOfLast = 0;
  for (const diagnostic of [...diagnostics].sort(vagueLast)) {
    const { line } = source.positionAt(diagnostic.span.start);
    if (line === lineOfLast && vagueCodes.has(diagnostic.code)) continue;
    kept.push(diagnostic);
    // A comment that is wrongly marked, or a name with a hyphen, leads to nothing else.
    if (!harmlessCodes.has(diagnostic.code)) lineOfLast = line;
  }
  return kept;
}

function vagueLast(a: Diagnostic, b: Diagnostic): number {
  const isVague = ({ code }: Diagnostic) => Number(vagueCodes.has(code));
  return a.span.start - b.span.start || isVague(a) - isVague(b) || compareDiagnostics(a, b);
}

/** Codes whose mistake is fully understood: nothing else on the line follows from it. */
const harmlessCodes: ReadonlySet<string> = new Set([
  "LV1007",
  "LV1008",
  "LV1009",
  "LV1010",
  "LV1012",
  "LV1018",
  "LV1023",
]);
