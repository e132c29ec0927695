/** The public surface of the grammar: source texts, the tree, parsing, diagnostics. */
export * from "./diagnostic.ts";
export { type SyntaxCode, syntaxMessages } from "./parse/messages.ts";
export { type ParseResult, parse } from "./parse/parse.ts";
export { languageVersion } from "./parse/parser.ts";
export { numberShape, simpleEscapes } from "./parse/scan.ts";
export { statementWords, type TokenEntry, type TokenRole, tokenTable } from "./parse/tokens.ts";
export { format, lineWidth, print } from "./print/printer.ts";
export * from "./source.ts";
export * from "./tree.ts";
export { childrenOf, pathTo, type Visitor, visit } from "./visit.ts";
