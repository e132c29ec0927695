import type { CST } from "yaml";
import type { SourceText } from "../../../grammar/index.ts";
import { noTrivia, type Remark, type YamlEntry } from "./tree.ts";

/** A comment where it stands. */
export interface PlacedComment {
  readonly offset: number;
  /** With its `#`. */
  readonly source: string;
}

/** Every token with a text of its own, in the order of the file. */
export function leavesOf(tokens: readonly CST.Token[]): readonly CST.SourceToken[] {
  const found: CST.SourceToken[] = [];
  const pending: unknown[] = [tokens];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (Array.isArray(at)) pending.push(...at);
    else if (typeof at === "object" && at !== null) {
      if (isLeaf(at)) found.push(at);
      pending.push(...Object.values(at).filter((value) => typeof value === "object" && value !== null));
    }
  }
  return found.sort((a, b) => a.offset - b.offset);
}

const isLeaf = (token: object): token is CST.SourceToken =>
  "type" in token && "source" in token && "offset" in token;

/**
 * Gives each comment to the entry that it is about, and returns those before the first one. A comment behind
 * something on its line is about that; one on a line of its own is about the next entry, unless it is indented
 * deeper and something stands above it in its block: then it ends that. One among the elements of a list is about the
 * list, and so is a second one behind its elements.
 */
export function attachComments(
  comments: readonly PlacedComment[],
  entries: readonly YamlEntry[],
  source: SourceText,
): readonly string[] {
  const inOrder = [...comments].sort((a, b) => a.offset - b.offset);
  const head: string[] = [];
  const starts = entries.map(({ keySpan }) => source.positionAt(keySpan.start));
  const columnOf = (at: number): number => starts[at]?.column ?? 1;
  entries.forEach((entry, at) => {
    entry.trivia.isApart = isBlank(source, (starts[at]?.line ?? 1) - 1);
  });
  let next = 0;
  for (const { offset, source: written } of inOrder) {
    while (next < entries.length && (entries[next]?.keySpan.start ?? 0) < offset) next++;
    const { line, column } = source.positionAt(offset);
    const remark: Remark = { text: written.slice(1).trimEnd(), isApart: isBlank(source, line - 1), offset };
    const before = entries[next - 1];
    const following = entries[next];
    const isAlone =
      source
        .lineText(line)
        .slice(0, column - 1)
        .trim() === "";
    const { leading, trailing } = before?.trivia ?? noTrivia();
    if (!before) head.push(remark.text);
    else if (!isAlone) (trailing.length === 0 ? trailing : leading).push(remark);
    // Between the elements of a list, which becomes one line.
    else if (before.value.kind !== "map" && offset < before.span.end) leading.push(remark);
    else if (following && (column <= columnOf(next) || columnOf(next - 1) < columnOf(next)))
      following.trivia.leading.push(remark);
    else ownerAbove(entries, starts, next - 1, column).trivia.after.push(remark);
  }
  return head;
}

/** The entry above whose block a comment in a column ends: the nearest that is not indented deeper. */
function ownerAbove(
  entries: readonly YamlEntry[],
  starts: readonly { readonly column: number }[],
  last: number,
  column: number,
): YamlEntry {
  let at = last;
  while (at > 0 && (starts[at]?.column ?? 1) > column) at--;
  const owner = entries[at];
  if (!owner) throw new Error("a comment below no entry");
  return owner;
}

const isBlank = (source: SourceText, line: number): boolean =>
  line >= 1 && source.lineText(line).trim() === "";
