import { noTrivia, type Remark, type Trivia } from "./yaml/tree.ts";

/** `key = value`. */
export interface Line {
  readonly kind: "line";
  readonly text: string;
  readonly trivia: Trivia;
}

/** `header { … }`. */
export interface Block {
  readonly kind: "block";
  readonly header: string;
  readonly items: readonly Item[];
  readonly trivia: Trivia;
}

/** Comment lines of the importer's own. */
export interface Note {
  readonly kind: "note";
  readonly lines: readonly string[];
  readonly trivia: Trivia;
}

/** What a recipe's text is made of. Its layout is the formatter's; comments and empty lines are here. */
export type Item = Line | Block | Note;

/** A comment as the language writes it; a third slash would make it documentation. */
function commentLine(text: string): string {
  // YAML's comments do not end at every sign that ends a line here.
  const line = text.replace(/[\r\n\u2028\u2029]+/g, " ").trimEnd();
  return line === "" ? "//" : `//${/^[ \t]/.test(line) ? "" : " "}${line}`;
}

/** The items as text, one a line. */
export function writeItems(items: readonly Item[]): string {
  return items.map(writeItem).join("");
}

function writeItem(item: Item): string {
  const { leading, trailing, after, isApart } = item.trivia;
  const [beside, ...rest] = trailing;
  const comment = beside ? ` ${commentLine(beside.text)}` : "";
  const body = bodyOf(item, comment);
  return `${writeRemarks(leading)}${isApart ? "\n" : ""}${body}${writeRemarks([...rest, ...after])}`;
}

function bodyOf(item: Item, comment: string): string {
  switch (item.kind) {
    case "line":
      return `${item.text}${comment}\n`;
    case "note":
      return `${item.lines.map((line) => `${commentLine(line)}\n`).join("")}${comment === "" ? "" : `${comment}\n`}`;
    case "block": {
      const { header, items } = item;
      if (items.length === 0) return `${header}${comment}\n`;
      const [only] = items;
      const isShort =
        items.length === 1 && only?.kind === "line" && !hasComments(only.trivia) && comment === "";
      return isShort ? `${header} { ${only.text} }\n` : `${header} {${comment}\n${writeItems(items)}}\n`;
    }
  }
}

const writeRemarks = (remarks: readonly Remark[]): string =>
  remarks.map(({ text, isApart }) => `${isApart ? "\n" : ""}${commentLine(text)}\n`).join("");

const hasComments = ({ leading, trailing, after }: Trivia): boolean =>
  leading.length + trailing.length + after.length > 0;

/** A line that the YAML does not have, with the reason for it. */
export const statedLine = (text: string, why: string): Line => ({
  kind: "line",
  text,
  trivia: { ...noTrivia(), trailing: [{ text: ` ${why}`, isApart: false, offset: 0 }] },
});

/** The comments of several entries that become one item: all of what stood before, beside and below them. */
export function joinTrivia(...all: readonly Trivia[]): Trivia {
  const [first] = all;
  return {
    leading: all.flatMap(({ leading }) => leading),
    trailing: all.flatMap(({ trailing }) => trailing),
    after: all.flatMap(({ after }) => after),
    isApart: first?.isApart ?? false,
  };
}
