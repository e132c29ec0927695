/** Components of users' own: TypeScript files whose types say what a recipe can write. */
export { OwnComponents, OwnLibrary } from "./components.ts";
export * from "./own-card.ts";
