import { explanationText } from "../explain/index.ts";
import type { LintRule } from "../lint/index.ts";

/** A lint rule as a page of Markdown. */
export function rulePage(rule: LintRule): string {
  return `# ${rule.slug} (${rule.code})\n\n${explanationText(rule.code, rule)}\n`;
}
