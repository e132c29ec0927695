import { type SemanticTokens, SemanticTokensBuilder, type SemanticTokensLegend } from "vscode-languageserver";
import { isMissing, type Name, type Span, visit } from "../../../grammar/index.ts";
import { isSectionKind } from "../../catalog/index.ts";
import type { Analysis } from "../analysis.ts";
import { occurrencesIn } from "../occurrences.ts";

const types = [
  "namespace",
  "class",
  "function",
  "parameter",
  "variable",
  "property",
  "enumMember",
  "type",
  "number",
] as const;
const modifiers = ["declaration", "readonly", "defaultLibrary"] as const;
type TokenType = (typeof types)[number];
type Modifier = (typeof modifiers)[number];

export const legend: SemanticTokensLegend = { tokenTypes: [...types], tokenModifiers: [...modifiers] };

interface Token {
  readonly span: Span;
  readonly type: TokenType;
  readonly modifiers: readonly Modifier[];
}

const typeOfDeclaration: Readonly<Record<string, TokenType>> = {
  param: "parameter",
  secret: "variable",
  let: "variable",
  fragment: "function",
  recipe: "class",
};

/** The tokens of a document in order: what the names are, which the TextMate grammar cannot know. */
export function tokensOf({ tree, file }: Analysis): readonly Token[] {
  const tokens: Token[] = [];
  const bound = new Set<Name>();
  const add = ({ span }: { readonly span: Span }, type: TokenType, ...own: Modifier[]): void => {
    if (span.end > span.start) tokens.push({ span, type, modifiers: own });
  };
  for (const { name, declared, role } of occurrencesIn(file)) {
    bound.add(name);
    const { kind } = declared.declaration;
    const isConstant = kind === "let" || kind === "secret";
    const type = typeOfDeclaration[kind] ?? "variable";
    add(
      name,
      type,
      ...(role === "declaration" ? (["declaration"] as const) : []),
      ...(isConstant ? (["readonly"] as const) : []),
    );
  }
  visit(tree, {
    fragment: ({ target }) => add(target, isSectionKind(target.text) ? "namespace" : "property"),
    section: ({ sectionKind, label, from }) => {
      add(sectionKind, isSectionKind(sectionKind.text) ? "namespace" : "property");
      for (const segment of label?.segments ?? []) add(segment, "class", "defaultLibrary");
      if (from?.kind === "name") add(from, "type", "defaultLibrary");
    },
    remove: ({ target, label }) => {
      add(target, isSectionKind(target.text) ? "namespace" : "property");
      if (label) add(label, "class", "defaultLibrary");
    },
    entry: ({ key }) => add(key, "property"),
    argument: ({ name }) => name && add(name, "property"),
    call: ({ callee }) => {
      for (const name of callee.segments) add(name, "class", "defaultLibrary");
    },
    reference: ({ path }) => {
      for (const name of path.segments)
        if (!bound.has(name) && !isMissing(name)) add(name, "enumMember", "defaultLibrary");
    },
    type: ({ members }) => {
      for (const member of members) if (member.kind === "name") add(member, "type", "defaultLibrary");
    },
    number: ({ unit }) => unit && add(unit, "type", "defaultLibrary"),
  });
  return tokens.sort((a, b) => a.span.start - b.span.start);
}

/** The tokens as the protocol sends them. */
export function semanticTokens(analysis: Analysis): SemanticTokens {
  const builder = new SemanticTokensBuilder();
  for (const { span, type, modifiers: own } of tokensOf(analysis)) {
    const { line, column } = analysis.source.positionAt(span.start);
    const bits = own.reduce((sum, modifier) => sum | (1 << modifiers.indexOf(modifier)), 0);
    builder.push(line - 1, column - 1, span.end - span.start, types.indexOf(type), bits);
  }
  return builder.build();
}
