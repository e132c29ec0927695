/**
 * The table of tokens: the lexer, the parser's messages and the TextMate grammar are made from it.
 * Order matters: the first pattern that matches wins, and a statement word gives way to a longer name. Each
 * pattern says which characters it can start with, so that no lexer has to work that out when it is made.
 */

import { type CustomPatternMatcherFunc, createToken, Lexer, type TokenType } from "chevrotain";
import { foreignQuotes, scanNumber, scanString } from "./scan.ts";

/** What an editor colours a token as. */
export type TokenRole =
  | "comment"
  | "documentation"
  | "keyword"
  | "constant"
  | "name"
  | "number"
  | "string"
  | "operator"
  | "punctuation";

/** A token's name in messages and its role; those that no editor sees have no role. */
export interface TokenEntry {
  readonly type: TokenType;
  /** As messages name it: "`=`", "a name", "the end of the line". */
  readonly label: string;
  readonly role: TokenRole | undefined;
}

/** Any token: what a broken stretch is skipped by. */
export const AnyToken = createToken({ name: "AnyToken", pattern: Lexer.NA });
/** Names and statement words: what may stand as a key, since `=` follows. */
export const AnyWord = createToken({ name: "AnyWord", pattern: Lexer.NA, categories: [AnyToken] });
/** The reserved words. */
export const StatementWord = createToken({
  name: "StatementWord",
  pattern: Lexer.NA,
  categories: [AnyWord, AnyToken],
});

const matching =
  (end: (text: string, offset: number) => number | undefined): CustomPatternMatcherFunc =>
  (text, offset) => {
    const to = end(text, offset);
    return to === undefined ? null : [text.slice(offset, to)];
  };
const stringFrom = (quotes: readonly string[]) =>
  matching((text, offset) =>
    quotes.includes(text[offset] ?? "") ? scanString(text, offset).end : undefined,
  );
const digits = [..."0123456789"];
const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"];

/** How far a block comment may reach: bounds the search for its end, so that reading stays linear. */
const longestBlockComment = 1 << 13;

/** A block comment to its end marker, or to the end of the line where there is none. */
const blockComment = matching((text, offset) => {
  if (!text.startsWith("/*", offset)) return undefined;
  const reach = text.slice(offset, offset + longestBlockComment);
  const close = reach.indexOf("*/", 2);
  if (close >= 0) return offset + close + 2;
  const lineEnd = reach.search(/[\r\n]/);
  return offset + (lineEnd < 0 ? reach.length : lineEnd);
});

const entries: TokenEntry[] = [];

function define(
  name: string,
  label: string,
  role: TokenRole | undefined,
  pattern: RegExp | string | CustomPatternMatcherFunc,
  more: {
    group?: string;
    longer_alt?: TokenType;
    categories?: TokenType[];
    start_chars_hint?: string[];
    line_breaks?: boolean;
  } = {},
): TokenType {
  const custom = typeof pattern === "function" ? { line_breaks: false } : {};
  const type = createToken({ name, label, pattern, categories: [AnyToken], ...custom, ...more });
  entries.push({ type, label, role });
  return type;
}

/** A token that no pattern makes: the layout puts it into the stream. */
function defineVirtual(name: string, label: string, role?: TokenRole): TokenType {
  const type = createToken({ name, label, pattern: Lexer.NA, categories: [AnyToken] });
  entries.push({ type, label, role });
  return type;
}

export const WhiteSpace = createToken({
  name: "WhiteSpace",
  pattern: /[ \t\r\n\f\v\u00a0\ufeff]+/,
  start_chars_hint: [..." \t\r\n\f\v\u00a0\ufeff"],
  group: Lexer.SKIPPED,
  line_breaks: true,
});
export const DocComment = define("DocComment", "a doc comment", "documentation", /\/\/\/(?!\/)[^\r\n]*/, {
  group: "comments",
  start_chars_hint: ["/"],
});
export const LineComment = define("LineComment", "a comment", "comment", /\/\/[^\r\n]*/, {
  group: "comments",
  start_chars_hint: ["/"],
});
export const BlockComment = define("BlockComment", "a comment", undefined, blockComment, {
  group: "comments",
  start_chars_hint: ["/"],
  line_breaks: true,
});
export const HashComment = define("HashComment", "a comment", undefined, /#[^\r\n]*/, {
  group: "comments",
  start_chars_hint: ["#"],
});

export const Identifier = createToken({
  name: "Identifier",
  label: "a name",
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  start_chars_hint: letters,
  categories: [AnyWord, AnyToken],
});

const word = (text: string, role: TokenRole): TokenType =>
  define(`${text[0]?.toUpperCase()}${text.slice(1)}`, `\`${text}\``, role, text, {
    longer_alt: Identifier,
    categories: [StatementWord, AnyWord, AnyToken],
  });
export const Lavis = word("lavis", "keyword");
export const Import = word("import", "keyword");
export const From = word("from", "keyword");
export const Param = word("param", "keyword");
export const Secret = word("secret", "keyword");
export const Let = word("let", "keyword");
export const Fragment = word("fragment", "keyword");
export const For = word("for", "keyword");
export const Recipe = word("recipe", "keyword");
export const Extends = word("extends", "keyword");
export const Use = word("use", "keyword");
export const Remove = word("remove", "keyword");
export const True = word("true", "constant");
export const False = word("false", "constant");
export const None = word("none", "constant");
entries.push({ type: Identifier, label: "a name", role: "name" });

export const NumberToken = define("Number", "a number", "number", matching(scanNumber), {
  start_chars_hint: [...digits, "."],
});
export const StringToken = define("String", "a string", "string", stringFrom(['"']), {
  start_chars_hint: ['"'],
});
/** `'text'` and the like: read as a string, with a diagnostic. */
export const ForeignString = define("ForeignString", "a string", undefined, stringFrom(foreignQuotes), {
  start_chars_hint: [...foreignQuotes],
});

/** `==`, `:=`, `=>`, `->`, `+=`, …: read as `=`, with a diagnostic. */
export const WrongAssign = define("WrongAssign", "an assignment", undefined, /={2,}|[:+*/-]=|[=-]>/, {
  start_chars_hint: [..."=:+*/-"],
});
export const Assign = define("Assign", "`=`", "operator", "=");
export const Colon = define("Colon", "`:`", "punctuation", ":");
export const Comma = define("Comma", "`,`", "punctuation", ",");
export const Semicolon = define("Semicolon", "`;`", undefined, ";");
export const Dot = define("Dot", "`.`", "punctuation", ".");
export const Pipe = define("Pipe", "`|`", "operator", "|");
export const Question = define("Question", "`?`", "operator", "?");
export const Plus = define("Plus", "`+`", "operator", "+");
export const Minus = define("Minus", "`-`", "operator", "-");
export const Star = define("Star", "`*`", "operator", "*");
export const Slash = define("Slash", "`/`", "operator", "/");
export const LeftBrace = define("LeftBrace", "`{`", "punctuation", "{");
export const RightBrace = define("RightBrace", "`}`", "punctuation", "}");
export const LeftBracket = define("LeftBracket", "`[`", "punctuation", "[");
export const RightBracket = define("RightBracket", "`]`", "punctuation", "]");
export const LeftParen = define("LeftParen", "`(`", "punctuation", "(");
export const RightParen = define("RightParen", "`)`", "punctuation", ")");

/** The start of a line at which an item or a declaration can start. */
export const NewLine = defineVirtual("NewLine", "the end of the line");
/** `"text ${`, `} text ${` and `} text"`: a string with expressions comes in pieces. */
export const StringHead = defineVirtual("StringHead", "a string", "string");
export const StringMiddle = defineVirtual("StringMiddle", "`}`", "string");
export const StringTail = defineVirtual("StringTail", "`}`", "string");
/** Characters that no token has; reported where they are read. */
export const Junk = defineVirtual("Junk", "a character that no token has");

/** Every token that messages name, in the order in which patterns are tried. */
export const tokenTable: readonly TokenEntry[] = entries;

/** The reserved words, as written. */
export const statementWords: readonly string[] = entries
  .filter((entry) => entry.type.CATEGORIES?.includes(StatementWord))
  .map((entry) => String(entry.type.PATTERN));

/** Everything that the parser's tables are made from. */
export const parserVocabulary: TokenType[] = [
  AnyToken,
  AnyWord,
  StatementWord,
  ...entries.map((entry) => entry.type),
];

/** Everything that the lexer looks for, in order. */
export const lexerTokens: TokenType[] = [
  WhiteSpace,
  ...entries.map((entry) => entry.type).filter((type) => type.PATTERN !== Lexer.NA),
];
