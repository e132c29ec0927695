import { type Declaration, visit } from "../../grammar/index.ts";
import type { SourceFile } from "../program/index.ts";
import type { LintedFile } from "./rule.ts";

/** The names that a file uses: in values, behind `use`, behind `extends`. */
function usedNames({ tree }: SourceFile): ReadonlySet<string> {
  const used = new Set<string>();
  visit(tree, {
    reference: ({ path }) => used.add(path.text),
    use: ({ fragment }) => used.add(fragment.text),
    recipe: ({ base }) => base && used.add(base.text),
  });
  return used;
}

/**
 * Tells whether a name of a file is used, for certain: what the parser could not read may use it.
 */
export function usageOf(entry: SourceFile, hasSyntaxErrors: boolean): (name: string) => boolean {
  const used = usedNames(entry);
  if (!hasSyntaxErrors) return (name) => used.has(name);
  const words = new Map<string, number>();
  for (const [word] of entry.source.text.matchAll(/\w+/g)) words.set(word, (words.get(word) ?? 0) + 1);
  return (name) => used.has(name) || (words.get(name) ?? 0) > 1;
}

/**
 * The declarations of a kind that nothing uses. A file without recipes is there to be imported, so that what
 * it declares is for others; so is what another file of the same run imports.
 */
export function unusedDeclarations<K extends Declaration["kind"]>(
  file: LintedFile,
  kind: K,
): readonly Extract<Declaration, { kind: K }>[] {
  const declarations = [...file.program.entry.declarations.values()];
  if (!declarations.some((one) => one.kind === "recipe")) return [];
  return declarations
    .filter((one): one is Extract<Declaration, { kind: K }> => one.kind === kind)
    .filter(({ name: { text } }) => !file.isUsed(text) && !file.importedElsewhere.has(text));
}
