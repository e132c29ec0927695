import { createRequire } from "node:module";

/** The TypeScript compiler, as ts-morph brings it. */
export type TypeScript = typeof import("ts-morph");

/**
 * Loads the TypeScript compiler: half a second, which only recipes with a component of their own pay for. It is a
 * CommonJS package, so that a check, which is synchronous, can load it when it first meets one.
 */
export const loadTypeScript = (): TypeScript => createRequire(import.meta.url)("ts-morph");
