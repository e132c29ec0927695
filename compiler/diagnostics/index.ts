/** The compiler's diagnostics: its message table, the collector, suggestions. */
export * from "./collector.ts";
export * from "./example.ts";
export * from "./messages/index.ts";
export * from "./suggestions.ts";
