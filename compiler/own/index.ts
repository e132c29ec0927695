/** Components of users' own: TypeScript files whose types say what a recipe can write. */
export { OwnComponents, OwnLibrary, type OwnRequest } from "./components.ts";
export * from "./own-card.ts";
export { isField, problemOfField } from "./tags.ts";
