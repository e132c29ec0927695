/** From a program to resolved recipes: names, types, units, defaults, with the origin of every value. */
export * from "./resolve.ts";
export * from "./resolved.ts";
