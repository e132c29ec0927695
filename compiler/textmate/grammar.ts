/**
 * The TextMate grammar for editors that colour by regular expressions, made from the table of tokens: each
 * token that has a role in an editor is coloured by the pattern that the lexer reads it with. What stands around
 * a name says more than the token does (a key, a section, a call), so that names have rules of their own.
 */

import {
  numberShape,
  simpleEscapes,
  statementWords,
  type TokenEntry,
  type TokenRole,
  tokenTable,
} from "../../grammar/index.ts";

/** A rule of a TextMate grammar. */
export interface Rule {
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly captures?: Captures;
  readonly beginCaptures?: Captures;
  readonly endCaptures?: Captures;
  readonly contentName?: string;
  readonly include?: string;
  readonly patterns?: readonly Rule[];
}

type Captures = Readonly<Record<string, Pick<Rule, "name" | "patterns">>>;

export interface TextMateGrammar {
  readonly name: string;
  readonly scopeName: string;
  readonly fileTypes: readonly string[];
  readonly patterns: readonly Rule[];
  readonly repository: Readonly<Record<string, { readonly patterns: readonly Rule[] }>>;
}

/** What a token of each role is called where nothing around it says more. */
export const scopes: Readonly<Record<TokenRole, string>> = {
  comment: "comment.line.double-slash.lavis",
  documentation: "comment.line.documentation.lavis",
  keyword: "keyword.control.lavis",
  constant: "constant.language.lavis",
  name: "variable.other.lavis",
  number: "constant.numeric.lavis",
  string: "string.quoted.double.lavis",
  operator: "keyword.operator.lavis",
  punctuation: "punctuation.separator.lavis",
};

const name = "[A-Za-z_]\\w*";
/** A key is a name in front of `=`, whatever the name: words of the language too. */
const beforeAssign = "(?=\\s*=(?!=))";

/** Makes the grammar. Throws where the table has a token that no rule is made for: a mistake of ours. */
export function textMateGrammar(): TextMateGrammar {
  const includes = (...names: readonly string[]): readonly Rule[] =>
    names.map((one) => ({ include: `#${one}` }));
  const values = includes("comments", "strings", "numbers", "brackets", "calls", "words", "names", "symbols");
  return {
    name: "LAVIS recipe",
    scopeName: "source.lavis",
    fileTypes: ["lavis"],
    patterns: [...includes("comments", "parameters", "declarations", "items", "sections", "keys"), ...values],
    repository: {
      comments: { patterns: ofRoles("documentation", "comment") },
      strings: { patterns: [stringRule(values)] },
      numbers: { patterns: [numberRule()] },
      words: { patterns: ["keyword", "constant"].map((role) => wordsRule(role as TokenRole)) },
      names: { patterns: ofRoles("name") },
      symbols: { patterns: ofRoles("operator", "punctuation") },
      brackets: { patterns: bracketRules(values) },
      calls: {
        patterns: [{ match: `\\b${name}(?=\\s*\\()`, name: "entity.name.function.lavis" }],
      },
      keys: { patterns: [{ match: `\\b${name}\\b${beforeAssign}`, name: "variable.other.property.lavis" }] },
      parameters: { patterns: [parameterRule(includes("strings", "symbols"))] },
      declarations: { patterns: declarationRules() },
      items: { patterns: itemRules() },
      sections: { patterns: sectionRules() },
    },
  };
}

const ofRole = (role: TokenRole): readonly TokenEntry[] => tokenTable.filter((entry) => entry.role === role);

const isWord = (pattern: unknown): pattern is string => typeof pattern === "string" && /^\w+$/.test(pattern);

/** One rule for each token of some roles, by the lexer's own patterns. */
function ofRoles(...roles: readonly TokenRole[]): readonly Rule[] {
  return roles.flatMap((role) =>
    ofRole(role).map(({ type }) => ({ match: sourceOf(type.PATTERN, type.name), name: scopes[role] })),
  );
}

function sourceOf(pattern: unknown, token: string): string {
  if (pattern instanceof RegExp) return pattern.source;
  if (typeof pattern === "string") return pattern.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  throw new Error(`no rule of the TextMate grammar is made for the token ${token}`);
}

/** The reserved words of a role, but for those that are keys. */
function wordsRule(role: TokenRole): Rule {
  const words = ofRole(role).map(({ type }) => type.PATTERN);
  if (!words.every(isWord)) throw new Error(`the role ${role} is not of words alone`);
  return { match: `\\b(?:${words.join("|")})\\b(?!\\s*=(?!=))`, name: scopes[role] };
}

/** The pattern of one token that is matched by a function, which no other of its role may be. */
function only(role: TokenRole, token: string): string {
  const matched = ofRole(role).filter(({ type }) => typeof type.PATTERN === "function");
  const [first, ...others] = matched.map(({ type }) => type.name);
  if (first !== token || others.length > 0)
    throw new Error(`the role ${role} has other tokens than ${token}`);
  return scopes[role];
}

function numberRule(): Rule {
  return {
    match: `(?<![\\w.)\\]])${numberShape.source}`,
    captures: {
      1: { name: only("number", "Number") },
      2: { name: "keyword.other.unit.lavis" },
      3: { name: "invalid.illegal.lavis" },
    },
  };
}

/** A string ends with its line at the latest, and so does what is interpolated in it. */
function stringRule(values: readonly Rule[]): Rule {
  const escapes = Object.keys(simpleEscapes).map((one) => (/\w/.test(one) ? one : `\\${one}`));
  return {
    name: only("string", "String"),
    begin: '"',
    end: '"|$',
    beginCaptures: { 0: { name: "punctuation.definition.string.begin.lavis" } },
    endCaptures: { 0: { name: "punctuation.definition.string.end.lavis" } },
    patterns: [
      {
        match: `\\\\(?:u\\{[0-9a-fA-F]{1,6}\\}|${escapes.join("|")})`,
        name: "constant.character.escape.lavis",
      },
      { match: "\\\\.", name: "invalid.illegal.lavis" },
      {
        name: "meta.interpolation.lavis",
        begin: "\\$\\{",
        end: "\\}|(?=$)",
        beginCaptures: { 0: { name: "punctuation.section.interpolation.begin.lavis" } },
        endCaptures: { 0: { name: "punctuation.section.interpolation.end.lavis" } },
        contentName: "source.lavis.embedded",
        patterns: values,
      },
    ],
  };
}

/** Inside of lists and calls there are no sections, and what stands before `=` is an argument. */
function bracketRules(values: readonly Rule[]): readonly Rule[] {
  const around = (begin: string, end: string, patterns: readonly Rule[]): Rule => ({
    begin: sourceOf(begin, begin),
    end: `${sourceOf(end, end)}|(?=[{}])`,
    captures: { 0: { name: scopes.punctuation } },
    patterns,
  });
  const argument = { match: `\\b${name}\\b${beforeAssign}`, name: "variable.parameter.lavis" };
  return [around("[", "]", values), around("(", ")", [argument, ...values])];
}

/** `param peak_lr: number = …`: what stands between `:` and `=` is a type. */
function parameterRule(rest: readonly Rule[]): Rule {
  return {
    begin: `^\\s*(${word("param")})\\s+(${name})\\s*(:)`,
    end: "(?==)|$",
    beginCaptures: {
      1: { name: scopes.keyword },
      2: { name: "variable.other.declaration.lavis" },
      3: { name: scopes.punctuation },
    },
    patterns: [{ match: `\\b${name}\\b`, name: "support.type.lavis" }, ...rest],
  };
}

function declarationRules(): readonly Rule[] {
  const captures = (scope: string): Captures => ({ 1: { name: scopes.keyword }, 2: { name: scope } });
  const declaring = (words: readonly string[], scope: string): Rule => ({
    match: `^\\s*(${words.map(word).join("|")})\\s+(${name})\\b(?!\\s*=\\s*=)`,
    captures: captures(scope),
  });
  return [
    declaring(["param", "secret", "let"], "variable.other.declaration.lavis"),
    declaring(["recipe"], "entity.name.type.lavis"),
    declaring(["fragment"], "entity.name.function.lavis"),
    {
      match: `\\b(${word("extends")})\\s+(${name})\\b`,
      captures: captures("entity.other.inherited-class.lavis"),
    },
    { match: `\\b(${word("for")})\\s+(${name})\\b`, captures: captures("entity.name.section.lavis") },
  ];
}

function itemRules(): readonly Rule[] {
  return [
    {
      match: `\\b(${word("use")})\\s+(${name})\\b`,
      captures: { 1: { name: scopes.keyword }, 2: { name: "entity.name.function.lavis" } },
    },
    {
      match: `\\b(${word("from")})\\s+(${name})\\b`,
      captures: { 1: { name: scopes.keyword }, 2: { name: "support.type.lavis" } },
    },
    {
      match: `\\b(${word("remove")})\\s+(${name})\\b(?:\\s+(${name})\\b)?`,
      captures: {
        1: { name: scopes.keyword },
        2: { name: "entity.name.section.lavis" },
        3: { name: "support.class.lavis" },
      },
    },
  ];
}

/** `kind label {`, or `kind label` alone on its line. */
function sectionRules(): readonly Rule[] {
  const reserved = `(?!(?:${statementWords.join("|")})\\b)`;
  const label = `${reserved}[A-Za-z_][\\w.-]*`;
  const parts = [
    { match: "\\.", name: scopes.punctuation },
    { match: "[^.]+", name: "support.class.lavis" },
  ];
  const captures: Captures = { 1: { name: "entity.name.section.lavis" }, 2: { patterns: parts } };
  return [
    { match: `\\b${reserved}(${name})(?:[ \\t]+(${label}))?(?=\\s*\\{)`, captures },
    { match: `^\\s*${reserved}(${name})(?:[ \\t]+(${label}))?(?=\\s*(?:$|//|\\bfrom\\b))`, captures },
  ];
}

/** A word of the language; throws where it is none any more. */
function word(text: string): string {
  if (!statementWords.includes(text)) throw new Error(`${text} is no word of the language`);
  return text;
}
