/** New recipes: what may be chosen, and the text. */
export * from "./draft.ts";
