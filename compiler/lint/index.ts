/** Lint: warnings about recipes that work but are probably not what was meant. */

export * from "./baseline.ts";
export * from "./fingerprint.ts";
export * from "./lint.ts";
export type { LintRule } from "./rule.ts";
export { findRule, isErrorName, lintMessages, lintRules, suppressibleRules } from "./rules.ts";
