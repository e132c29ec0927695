/** The public surface of the compiler (`lavis/compiler`): check recipes, explain them, read the catalogue. */
export * from "./catalog/index.ts";
export * from "./check-recipe.ts";
export * from "./diagnostics/index.ts";
export * from "./explain/index.ts";
export * from "./program/index.ts";
export * from "./resolve/index.ts";
