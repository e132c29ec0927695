import type { Span } from "../source.ts";

/** `key:` and `key: value`, with the quotes that a key may have. */
const mapping = /^\s*(?:-\s+)*(?:[\w.-]+|"[^"]*"|'[^']*')\s*:(?:\s|$)/;
/** Starts and ends of documents, elements of lists, and lists or mappings in brackets over several lines. */
const other = /^(?:---|\.\.\.|%YAML)|^\s*-(?:\s|$)|^\s*[\]}[{]/;
const declaration = /^(?:lavis|import|param|secret|let|fragment|recipe)\s+[\w{"]/;

/** As much of a file must read as YAML: texts go over lines in ways that no pattern knows. */
const share = 0.8;

/**
 * The first line with a key, where a whole text is YAML rather than a recipe: every line but a few has its forms, and
 * none declares anything. A recipe with `key: value` in it stays a recipe.
 */
export function findYaml(text: string): Span | undefined {
  let first: Span | undefined;
  let numLines = 0;
  let numYaml = 0;
  let numKeys = 0;
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+/g)) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    if (declaration.test(line)) return undefined;
    numLines++;
    const isKey = mapping.test(line);
    if (isKey) numKeys++;
    if (isKey || other.test(line)) numYaml++;
    // Before its first key, YAML has nothing but a start of a document.
    else if (!first) return undefined;
    if (isKey && !first) first = { start: index, end: index + line.length };
  }
  return numKeys >= 2 && numYaml >= share * numLines ? first : undefined;
}
