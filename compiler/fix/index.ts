/** Repairs: applying the fixes that diagnostics carry. */
export * from "./fix.ts";
