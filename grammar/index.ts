/** The public surface of the grammar: source texts, the tree, parsing, diagnostics. */
export * from "./diagnostic.ts";
export { type SyntaxCode, syntaxMessages } from "./messages.ts";
export { type ParseResult, parse } from "./parse.ts";
export { languageVersion } from "./parser.ts";
export { format, lineWidth, print } from "./printer.ts";
export * from "./source.ts";
export { statementWords, type TokenEntry, type TokenRole, tokenTable } from "./tokens.ts";
export * from "./tree.ts";
export { childrenOf, pathTo, type Visitor, visit } from "./visit.ts";
