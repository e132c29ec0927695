/** Documents that lay themselves out: text with places where a line may break, after Wadler's "A prettier printer". */

export type Doc = string | Concat | Group | Indent | Line | Suffix | Choice;

interface Concat {
  readonly kind: "concat";
  readonly parts: readonly Doc[];
  readonly breaks: boolean;
}
/** On one line where it fits and nothing inside forces a break; otherwise every line break of it is taken. */
interface Group {
  readonly kind: "group";
  readonly content: Doc;
  readonly breaks: boolean;
}
interface Indent {
  readonly kind: "indent";
  readonly content: Doc;
  readonly breaks: boolean;
}
/** A place for a line break; `flat` stands there instead on one line. A hard one always breaks. */
interface Line {
  readonly kind: "line";
  readonly flat: string;
  readonly hard: boolean;
  /** A hard break that leaves an empty line. */
  readonly blank: boolean;
}
/** A comment for the end of the line that it falls on. */
interface Suffix {
  readonly kind: "suffix";
  readonly text: string;
}
interface Choice {
  readonly kind: "choice";
  readonly broken: string;
  readonly flat: string;
}

/** A space, or a line break in a group that does not fit. */
export const line: Doc = { kind: "line", flat: " ", hard: false, blank: false };
/** Nothing, or a line break in a group that does not fit. */
export const softLine: Doc = { kind: "line", flat: "", hard: false, blank: false };
export const hardLine: Doc = { kind: "line", flat: "", hard: true, blank: false };
export const blankLine: Doc = { kind: "line", flat: "", hard: true, blank: true };

export function concat(...parts: readonly Doc[]): Doc {
  return { kind: "concat", parts, breaks: parts.some(breaks) };
}

export function group(content: Doc, forceBreak = false): Doc {
  return { kind: "group", content, breaks: forceBreak || breaks(content) };
}

export function indent(content: Doc): Doc {
  return { kind: "indent", content, breaks: breaks(content) };
}

export function suffix(text: string): Doc {
  return { kind: "suffix", text };
}

/** One text where the group around breaks, another where it does not. */
export function ifBroken(broken: string, flat: string): Doc {
  return { kind: "choice", broken, flat };
}

function breaks(doc: Doc): boolean {
  if (typeof doc === "string") return doc.includes("\n");
  if (doc.kind === "line") return doc.hard;
  return "breaks" in doc && doc.breaks;
}

interface Command {
  readonly doc: Doc;
  readonly indentation: number;
  readonly flat: boolean;
}

/** Lays a document out within a width in columns; ends with one line break unless it is empty. */
export function render(doc: Doc, width: number): string {
  let text = "";
  let column = 0;
  let suffixes: string[] = [];
  /** The indentation of a line that has no text yet; an empty line gets none. */
  let pending = "";
  const write = (piece: string) => {
    if (piece === "") return;
    text += pending + piece;
    pending = "";
  };
  const stack: Command[] = [{ doc, indentation: 0, flat: false }];
  const newLine = (indentation: number, blank: boolean) => {
    const margin = " ".repeat(indentation);
    const [first, ...others] = suffixes;
    if (first !== undefined) write(` ${first}`);
    for (const other of others) text += `\n${margin}${other}`;
    suffixes = [];
    text += blank ? "\n\n" : "\n";
    pending = margin;
    column = indentation;
  };
  for (let command = stack.pop(); command !== undefined; command = stack.pop()) {
    const { doc: current, indentation, flat } = command;
    if (typeof current === "string") {
      write(current);
      const lastBreak = current.lastIndexOf("\n");
      column = lastBreak < 0 ? column + current.length : current.length - lastBreak - 1;
      continue;
    }
    switch (current.kind) {
      case "concat":
        for (let at = current.parts.length - 1; at >= 0; at--) {
          stack.push({ doc: current.parts[at] ?? "", indentation, flat });
        }
        break;
      case "indent":
        stack.push({ doc: current.content, indentation: indentation + 2, flat });
        break;
      case "group": {
        const fitsFlat = flat || (!current.breaks && fits(current.content, stack, width - column));
        stack.push({ doc: current.content, indentation, flat: fitsFlat });
        break;
      }
      case "line":
        if (flat && !current.hard) {
          write(current.flat);
          column += current.flat.length;
        } else newLine(indentation, current.blank);
        break;
      case "suffix":
        suffixes.push(current.text);
        break;
      case "choice":
        stack.push({ doc: flat ? current.flat : current.broken, indentation, flat });
        break;
    }
  }
  newLine(0, false);
  return text === "\n" ? "" : text;
}

/** Whether the content, on one line, and what follows it up to the next line break fit into the width left. */
function fits(content: Doc, rest: readonly Command[], width: number): boolean {
  let left = width;
  let restAt = rest.length;
  const stack: Command[] = [{ doc: content, indentation: 0, flat: true }];
  while (left >= 0) {
    const command = stack.pop() ?? rest[--restAt];
    if (command === undefined) return true;
    const { doc, flat } = command;
    if (typeof doc === "string") {
      if (doc.includes("\n")) return left >= doc.indexOf("\n");
      left -= doc.length;
    } else if (doc.kind === "concat") {
      for (let at = doc.parts.length - 1; at >= 0; at--) {
        stack.push({ doc: doc.parts[at] ?? "", indentation: 0, flat });
      }
    } else if (doc.kind === "group")
      stack.push({ doc: doc.content, indentation: 0, flat: flat && !doc.breaks });
    else if (doc.kind === "indent") stack.push({ doc: doc.content, indentation: 0, flat });
    else if (doc.kind === "choice") stack.push({ doc: flat ? doc.flat : doc.broken, indentation: 0, flat });
    else if (doc.kind === "line") {
      if (!flat || doc.hard) return true;
      left -= doc.flat.length;
    }
  }
  return false;
}
