/**
 * The formatter: one layout for every recipe. Two spaces of indentation, one item a line (a block that stands
 * on one line stays there if it fits), lists and calls wrapped at the width, no alignment of columns, at most
 * one empty line between members, every comment beside what it stood beside. What has a syntax error is
 * printed as it was; the rest of the file is formatted around it.
 */

import { type ParseResult, parse } from "../parse/parse.ts";
import type { Span } from "../source.ts";
import type * as tree from "../tree.ts";
import {
  blankLine,
  concat,
  type Doc,
  group,
  hardLine,
  ifBroken,
  indent,
  line,
  render,
  softLine,
  suffix,
} from "./document.ts";

/** Lines are at most this long where there is a place to break them. */
export const lineWidth = 100;

/**
 * Formats a recipe file. Formatting what is formatted changes nothing. Where a syntax error leaves it unclear
 * what belongs together, so that the formatted text would read differently, the text stays as it is.
 */
export function format(text: string): string {
  const normal = text.replace(/\r\n?/g, "\n").replace(/^\ufeff/, "");
  const parsed = parse(normal);
  if (parsed.diagnostics.some(({ code }) => code === foreignCode)) return text;
  const formatted = print(parsed);
  if (parsed.diagnostics.length === 0) return formatted;
  const again = parse(formatted);
  const isFaithful = meaningOf(again) === meaningOf(parsed) && print(again) === formatted;
  return isFaithful ? formatted : normal;
}

/** A parse without its places: equal for two texts that say the same. */
function meaningOf({ tree: file, diagnostics, source }: ParseResult): string {
  const withoutPlaces = JSON.stringify(file, (key, value: unknown) =>
    key === "span" || key === "operatorSpan" ? undefined : value,
  );
  const pointedAt = diagnostics.map(({ code, message, span }) => [code, message, source.slice(span)]);
  return withoutPlaces + JSON.stringify(pointedAt);
}

/** Prints a parsed file. */
export function print(parsed: ParseResult): string {
  return new Printer(parsed).print();
}

type Member = tree.Item | tree.Declaration | tree.Import | tree.Version;

/** Members that are printed together: one, or several on one line of which some are broken. */
interface Run {
  readonly span: Span;
  /** The member to lay out; absent where the source is printed as it is. */
  readonly member: Member | undefined;
}

/** The diagnostic of a file in another language, which has a layout of its own. */
const foreignCode = "LV1037";

/** Diagnostics of comments: these are printed as comments wherever they are. */
const commentCodes: ReadonlySet<string> = new Set(["LV1008", "LV1009"]);

class Printer {
  readonly #file: tree.File;
  readonly #text: string;
  readonly #comments: readonly tree.Comment[];
  /** The comments before this one are printed. */
  #nextComment = 0;
  /** Where diagnostics start, in order. */
  readonly #errors: readonly number[];

  constructor({ tree: file, source, diagnostics }: ParseResult) {
    this.#file = file;
    this.#text = source.text;
    this.#comments = file.comments;
    this.#errors = diagnostics.filter(({ code }) => !commentCodes.has(code)).map(({ span }) => span.start);
  }

  print(): string {
    const { version, imports, declarations, broken } = this.#file;
    const members: Member[] = [
      ...(version === undefined ? [] : [version]),
      ...imports,
      ...declarations,
      ...broken,
    ];
    members.sort((a, b) => a.span.start - b.span.start);
    return render(concat(...this.#members(members, { start: 0, end: this.#text.length })), lineWidth);
  }

  /** Members on lines of their own with the comments around them, within a span of the source. */
  #members(members: readonly Member[], within: Span): Doc[] {
    const docs: Doc[] = [];
    let behind = within.start;
    const separate = (start: number) => {
      if (docs.length > 0) docs.push(this.#hasBlankLine(behind, start) ? blankLine : hardLine);
    };
    const ownLines = (before: number) => {
      for (const comment of this.#takeComments(before)) {
        separate(comment.span.start);
        docs.push(this.#commentText(comment));
        behind = comment.span.end;
      }
    };
    for (const run of this.#runs(members)) {
      ownLines(run.span.start);
      separate(run.span.start);
      docs.push(run.member === undefined ? this.#verbatim(run.span) : this.#member(run.member));
      behind = run.span.end;
      for (const comment of this.#takeTrailing(behind)) {
        docs.push(suffix(this.#commentText(comment)));
        behind = comment.span.end;
      }
    }
    ownLines(within.end);
    return docs;
  }

  #member(member: Member): Doc {
    switch (member.kind) {
      case "version":
        return concat("lavis ", this.#expression(member.number));
      case "import":
        return this.#import(member);
      case "param": {
        const type = member.type === undefined ? "" : concat(": ", this.#type(member.type));
        const value = member.default === undefined ? "" : concat(" = ", this.#expression(member.default));
        return concat(`param ${member.name.text}`, type, value);
      }
      case "secret":
      case "let":
        return concat(`${member.kind} ${member.name.text} = `, this.#expression(member.value));
      case "fragment":
        return concat(`fragment ${member.name.text} for ${member.target.text} `, this.#block(member.block));
      case "recipe": {
        const base = member.base === undefined ? "" : ` extends ${member.base.text}`;
        return concat(`recipe ${member.name.text}${base} `, this.#block(member.block));
      }
      case "use":
        return `use ${member.fragment.text}`;
      case "remove":
        return `remove ${member.target.text}${member.label === undefined ? "" : ` ${member.label.text}`}`;
      case "entry":
        return concat(`${member.key.text} = `, this.#expression(member.value));
      case "section": {
        const label = member.label === undefined ? "" : ` ${member.label.text}`;
        const from = member.from === undefined ? "" : ` from ${this.#slice(member.from.span)}`;
        const block = member.block === undefined ? "" : concat(" ", this.#block(member.block));
        return concat(`${member.sectionKind.text}${label}${from}`, block);
      }
      case "broken":
        return this.#verbatim(member.span);
    }
  }

  #block({ items, span }: tree.Block): Doc {
    const open = span.start + 1;
    const hasComments = this.#hasComments(span.start) || this.#hasComments(span.end);
    if (!hasComments) {
      if (items.length === 0) return "{}";
      const startsBeside = !this.#text.slice(open, items[0]?.span.start).includes("\n");
      if (startsBeside && this.#errorsIn(span).length === 0) return this.#inlineBlock(items);
    }
    // Comments of the header stand behind the brace from now on.
    const opening = [...this.#takeComments(open), ...this.#takeTrailing(open)];
    const [beside, ...below] = opening.map((comment) => this.#commentText(comment));
    const members = this.#members(items, { start: opening.at(-1)?.span.end ?? open, end: span.end });
    const inside = [
      ...below.flatMap((comment) => [hardLine, comment]),
      ...(members.length > 0 ? [hardLine, ...members] : []),
    ];
    return concat("{", beside === undefined ? "" : suffix(beside), indent(concat(...inside)), hardLine, "}");
  }

  /** A block on one line, or one item a line where that is too long. */
  #inlineBlock(items: readonly tree.Item[]): Doc {
    const parts = items.flatMap((item, at) => [at === 0 ? "" : ifBroken("", ","), line, this.#member(item)]);
    return group(concat("{", indent(concat(...parts)), line, "}"));
  }

  #import(member: tree.Import): Doc {
    const names = member.names.map((name) => ({ doc: name.text, span: name.span }));
    const from = this.#slice(member.from.span);
    // The opening brace is the first character behind `import`, for comments can only stand behind it.
    const list = this.#bracketed(
      "{",
      names,
      "}",
      { start: member.span.start, end: member.from.span.start },
      line,
    );
    return concat("import ", list, ` from ${from}`);
  }

  #type(type: tree.TypeExpression): Doc {
    const members = type.members.map((member) => this.#slice(member.span));
    const [first = "", ...others] = members;
    const rest = others.map((member) => concat(" |", line, member));
    return group(concat(first, indent(concat(...rest)), type.optional ? "?" : ""));
  }

  #expression(node: tree.Expression): Doc {
    switch (node.kind) {
      case "list": {
        const elements = node.elements.map((element) => ({
          doc: () => this.#expression(element),
          span: element.span,
        }));
        return this.#bracketed("[", elements, "]", node.span, softLine);
      }
      case "call": {
        const given = node.arguments.map((argument) => ({
          doc: () => this.#argument(argument),
          span: argument.span,
        }));
        const list = this.#bracketed(
          "(",
          given,
          ")",
          { start: node.callee.span.end, end: node.span.end },
          softLine,
        );
        return concat(node.callee.text, list);
      }
      default:
        return this.#hasComments(node.span.end) ? this.#verbatim(node.span) : this.#plain(node);
    }
  }

  /** An expression without comments inside. */
  #plain(node: tree.Expression): Doc {
    switch (node.kind) {
      case "binary": {
        const operands: Doc[] = [];
        let left: tree.Expression = node;
        for (; left.kind === "binary"; left = left.left) {
          operands.unshift(` ${left.operator}`, line, this.#expression(left.right));
        }
        return group(concat(this.#expression(left), indent(concat(...operands))));
      }
      case "parenthesized":
        return group(concat("(", indent(concat(softLine, this.#expression(node.expression))), softLine, ")"));
      case "reference":
        return node.path.text;
      case "number":
        return node.text;
      default:
        return this.#slice(node.span);
    }
  }

  #argument({ name, value, span }: tree.Argument): Doc {
    if (name === undefined) return this.#expression(value);
    if (this.#hasComments(value.span.start)) return this.#verbatim(span);
    return concat(`${name.text} = `, this.#expression(value));
  }

  /** Elements in brackets, on one line or one a line; comments force the lines. */
  #bracketed(
    open: string,
    elements: readonly { readonly doc: string | (() => Doc); readonly span: Span }[],
    close: string,
    span: Span,
    padding: Doc,
  ): Doc {
    const hasComments = this.#hasComments(span.end);
    if (elements.length === 0 && !hasComments) return open + close;
    const parts: Doc[] = [];
    let behind = span.start;
    const ownLines = (comments: readonly tree.Comment[]) => {
      for (const comment of comments) {
        const isBeside = !this.#text.slice(behind, comment.span.start).includes("\n");
        parts.push(
          isBeside ? suffix(this.#commentText(comment)) : concat(hardLine, this.#commentText(comment)),
        );
        behind = comment.span.end;
      }
    };
    for (const [at, element] of elements.entries()) {
      ownLines(this.#takeComments(element.span.start));
      parts.push(at === 0 ? padding : line);
      const doc = typeof element.doc === "string" ? element.doc : element.doc();
      parts.push(doc, at < elements.length - 1 ? "," : "");
      behind = element.span.end;
    }
    ownLines(this.#takeComments(span.end));
    return group(concat(open, indent(concat(...parts)), padding, close), hasComments);
  }

  /** Members, those that share a line with a broken one joined to it. */
  #runs(members: readonly Member[]): Run[] {
    const runs: Run[] = [];
    for (const member of members) {
      const isBroken = member.kind === "broken" || this.#isDamaged(member) || this.#hasStrayComments(member);
      const last = runs.at(-1);
      const joins = last !== undefined && (isBroken || last.member === undefined);
      if (joins && !this.#text.slice(last.span.end, member.span.start).includes("\n")) {
        runs[runs.length - 1] = { span: { start: last.span.start, end: member.span.end }, member: undefined };
      } else runs.push({ span: member.span, member: isBroken ? undefined : member });
    }
    return runs;
  }

  /** Whether an error lies in the member itself rather than in an item of its block. */
  #isDamaged(member: Member): boolean {
    const errors = this.#errorsIn(member.span);
    if (errors.length === 0) return false;
    const block = "block" in member ? member.block : undefined;
    if (block === undefined || !this.#slice(block.span).includes("\n")) return true;
    let child = 0;
    return errors.some((error) => {
      while ((block.items[child]?.span.end ?? Number.POSITIVE_INFINITY) < error) child++;
      const item = block.items[child];
      return item === undefined || error < item.span.start;
    });
  }

  /** Whether comments stand between the words of a statement, where no layout has a place for them. */
  #hasStrayComments(member: Member): boolean {
    switch (member.kind) {
      case "param":
        return this.#commentIn({
          start: member.span.start,
          end: (member.default ?? member).span[member.default === undefined ? "end" : "start"],
        });
      case "secret":
      case "let":
      case "entry":
        return this.#commentIn({ start: member.span.start, end: member.value.span.start });
      case "import":
        return this.#commentIn({
          start: this.#text.indexOf("}", member.names.at(-1)?.span.end ?? member.span.start),
          end: member.span.end,
        });
      case "section":
        return member.block === undefined && this.#commentIn(member.span);
      case "recipe":
      case "fragment":
        return false;
      default:
        return this.#commentIn(member.span);
    }
  }

  #errorsIn({ start, end }: Span): readonly number[] {
    return this.#errors.slice(lowerBound(this.#errors, start), lowerBound(this.#errors, end + 1));
  }

  #commentIn({ start, end }: Span): boolean {
    const at = lowerBound(this.#comments, start, (comment) => comment.span.start);
    return (this.#comments[at]?.span.start ?? Number.POSITIVE_INFINITY) < end;
  }

  /** Whether comments that are not printed yet start before an offset. */
  #hasComments(before: number): boolean {
    return (this.#comments[this.#nextComment]?.span.start ?? Number.POSITIVE_INFINITY) < before;
  }

  #takeComments(before: number): readonly tree.Comment[] {
    const from = this.#nextComment;
    while (this.#hasComments(before)) this.#nextComment++;
    return this.#comments.slice(from, this.#nextComment);
  }

  /** The comments on the rest of a line, behind nothing but space and commas. */
  #takeTrailing(behind: number): readonly tree.Comment[] {
    const from = this.#nextComment;
    let end = behind;
    for (let next = this.#comments[from]; next !== undefined; next = this.#comments[this.#nextComment]) {
      if (!/^[^\S\n]*,?[^\S\n]*$/.test(this.#text.slice(end, next.span.start))) break;
      end = next.span.end;
      this.#nextComment++;
    }
    return this.#comments.slice(from, this.#nextComment);
  }

  #commentText(comment: tree.Comment): string {
    return this.#slice(comment.span).trimEnd();
  }

  /** The source as it is; comments inside count as printed. */
  #verbatim(span: Span): string {
    this.#takeComments(span.end);
    return this.#slice(span);
  }

  #slice(span: Span): string {
    return this.#text.slice(span.start, span.end);
  }

  #hasBlankLine(start: number, end: number): boolean {
    return /\n[^\S\n]*\n/.test(this.#text.slice(start, end));
  }
}

/** The first index whose key is not below a value, in an ascending list. */
function lowerBound(list: readonly number[], value: number): number;
function lowerBound<T>(list: readonly T[], value: number, key: (element: T) => number): number;
function lowerBound<T>(list: readonly T[], value: number, key: (element: T) => number = Number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(list[middle] as T) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
