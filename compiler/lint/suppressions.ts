import type { Comment, File, Item, Span } from "../../grammar/index.ts";
import type { SourceFile } from "../program/index.ts";

/** `// lavisc-ignore SLUG: reason`, which covers the item after it. */
export interface Suppression {
  readonly comment: Comment;
  readonly names: readonly SuppressedName[];
  /** Why; empty where it is not said. */
  readonly reason: string;
  /** The item after the comment; absent where its block ends first. */
  readonly covered: Span | undefined;
}

/** A rule that a suppression names, by slug or code. */
export interface SuppressedName {
  readonly text: string;
  readonly span: Span;
}

const marker = "lavisc-ignore";

/** The suppressions of a file, in order. */
export function suppressionsOf({ tree, source }: SourceFile): readonly Suppression[] {
  const found = tree.comments.flatMap((comment) => {
    const start = comment.span.start + source.slice(comment.span).indexOf(marker);
    const isMarked = comment.style === "line" && new RegExp(`^${marker}(?![\\w-])`).test(comment.text);
    return isMarked ? [{ comment, after: start + marker.length }] : [];
  });
  if (found.length === 0) return [];
  return found.map(({ comment, after }) => {
    const rest = source.slice({ start: after, end: comment.span.end });
    const colon = rest.indexOf(":");
    const list = colon < 0 ? rest : rest.slice(0, colon);
    const names = [...list.matchAll(/[^\s,]+/g)].map((match) => {
      const start = after + match.index;
      return { text: match[0], span: { start, end: start + match[0].length } };
    });
    const reason = colon < 0 ? "" : rest.slice(colon + 1).trim();
    return { comment, names, reason, covered: itemAfter(tree, comment.span.end) };
  });
}

/** The first member behind an offset of the innermost block, or of the file, that holds the offset. */
function itemAfter(tree: File, offset: number): Span | undefined {
  const top = [...tree.imports, ...tree.declarations].sort((a, b) => a.span.start - b.span.start);
  let members: readonly (Item | (typeof top)[number])[] = top;
  for (;;) {
    const around = members.find(({ span }) => span.start < offset && offset < span.end);
    const block = around && "block" in around ? around.block : undefined;
    if (!block) return members.find(({ span }) => span.start >= offset)?.span;
    members = block.items;
  }
}
