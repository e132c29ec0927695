import type { Span } from "../source.ts";

/** `key:` and `key: value`, with the quotes that a key may have. */
const mapping = /^\s*(?:-\s+)*(?:[\w.-]+|"[^"]*"|'[^']*')\s*:(?:\s|$)/;
/** Starts and ends of documents, elements of lists, and lists or mappings in brackets over several lines. */
const other = /^(?:---|\.\.\.|%YAML)|^\s*-(?:\s|$)|^\s*[\]}[{]/;
const declaration = /^(?:lavis|import|param|secret|let|fragment|recipe)\s+[\w{"]/;

/** What starts YAML and never a recipe: a document, or a section of LAVIS's without anything behind its colon. */
const opening =
  /^\ufeff?(?:---(?:\s|$)|%YAML|(["']?)(?:model|datasets|run)\1\s*:\s*(?:#|$)|\{\s*["']?(?:model|datasets|run)["']?\s*:|\{\s*$)/;

/** As much of a file must read as YAML where it does not start so: texts go over lines in ways that no pattern knows. */
const share = 0.8;

/**
 * The first line with a key, where a whole text is YAML rather than a recipe: it starts as none does, or every line but
 * a few has the forms of YAML; and none declares anything. A recipe with `key: value` in it stays a recipe.
 */
export function findYaml(text: string): Span | undefined {
  let first: Span | undefined;
  let isOpened = false;
  let numLines = 0;
  let numYaml = 0;
  let numKeys = 0;
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+/g)) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    if (declaration.test(line)) return undefined;
    if (numLines === 0) isOpened = opening.test(line);
    numLines++;
    const isKey = mapping.test(line) || (numLines === 1 && isOpened && line.includes(":"));
    if (isKey) numKeys++;
    if (isKey || other.test(line)) numYaml++;
    // Before its first key, YAML has nothing but a start of a document.
    else if (!first) return undefined;
    if (isKey && !first) first = { start: index, end: index + line.length };
  }
  return isOpened || (numKeys >= 2 && numYaml >= share * numLines) ? first : undefined;
}
