/** The public surface of the grammar: source texts, the tree, diagnostics. */
export * from "./diagnostic.ts";
export * from "./source.ts";
export * from "./tree.ts";
