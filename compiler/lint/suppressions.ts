import type { Comment, Declaration, Import, Item, Span } from "../../grammar/index.ts";
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
  const members = [...tree.imports, ...tree.declarations].sort((a, b) => a.span.start - b.span.start);
  return found.map(({ comment, after }) => {
    const rest = source.slice({ start: after, end: comment.span.end });
    const colon = rest.indexOf(":");
    const list = colon < 0 ? rest : rest.slice(0, colon);
    const names = [...list.matchAll(/[^\s,]+/g)].map((match) => {
      const start = after + match.index;
      return { text: match[0], span: { start, end: start + match[0].length } };
    });
    const reason = colon < 0 ? "" : rest.slice(colon + 1).trim();
    return { comment, names, reason, covered: itemAfter(members, comment.span.end) };
  });
}

type Member = Item | Import | Declaration;

/** The first member behind an offset of the innermost block, or of the file, that holds the offset. */
function itemAfter(file: readonly Member[], offset: number): Span | undefined {
  let members = file;
  for (;;) {
    const behind = firstFrom(members, offset, ({ span }) => span.start);
    const around = members[behind - 1];
    const isInside = around && offset < around.span.end;
    const block = isInside && "block" in around ? around.block : undefined;
    if (!block) return members[behind]?.span;
    members = block.items;
  }
}

/** The index of the first element, in ascending order of its place, that is at `offset` or behind it. */
function firstFrom<T>(elements: readonly T[], offset: number, placeOf: (element: T) => number): number {
  let [low, high] = [0, elements.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const element = elements[middle];
    if (element !== undefined && placeOf(element) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A suppression of one rule, with the one around what it covers. */
interface Cover {
  readonly covered: Span;
  readonly suppression: Suppression;
  readonly name: SuppressedName;
  readonly around: Cover | undefined;
}

/** Finds the suppressions of places of a file, in time that does not grow with their number. */
export class SuppressionIndex {
  /** By slug or code as written, in the order of what they cover, which nests. */
  readonly #covers = new Map<string, Cover[]>();
  readonly #used = new Set<SuppressedName>();
  readonly suppressions: readonly Suppression[];

  constructor(suppressions: readonly Suppression[]) {
    this.suppressions = suppressions;
    for (const suppression of suppressions) {
      const { covered, names, reason } = suppression;
      if (!covered || reason === "") continue;
      for (const name of names) {
        const covers = this.#covers.get(name.text) ?? [];
        let around = covers.at(-1);
        while (around && around.covered.end <= covered.start) around = around.around;
        covers.push({ covered, suppression, name, around });
        this.#covers.set(name.text, covers);
      }
    }
  }

  /** The reason to ignore what a rule found at an offset, by the nearest suppression; it then counts as used. */
  take(ruleNames: readonly string[], offset: number): string | undefined {
    for (const ruleName of ruleNames) {
      const covers = this.#covers.get(ruleName) ?? [];
      let cover = covers[firstFrom(covers, offset + 1, ({ covered }) => covered.start) - 1];
      while (cover && cover.covered.end <= offset) cover = cover.around;
      if (!cover) continue;
      this.#used.add(cover.name);
      return cover.suppression.reason;
    }
    return undefined;
  }

  isUsed(name: SuppressedName): boolean {
    return this.#used.has(name);
  }
}
