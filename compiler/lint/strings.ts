import { type Node, type Span, type StringLiteral, visit } from "../../grammar/index.ts";
import type { SourceFile } from "../program/index.ts";

/** A string that a file writes as a value. */
export interface WrittenString {
  readonly literal: StringLiteral;
  /** Its texts, with nothing where expressions stand. */
  readonly text: string;
  /** What it begins with, before any expression. */
  readonly beginning: string;
  /** The key, argument or declaration that it is the value of, or part of it. */
  readonly name: string;
  /** Whether it is part of the default of a parameter, which whoever runs the recipe may replace. */
  readonly isParameter: boolean;
}

/** The strings of a file, but for the paths of imports and the types of parameters. */
export function stringsOf({ tree }: SourceFile): readonly WrittenString[] {
  const strings: WrittenString[] = [];
  const collect = (value: Node | undefined, name: string, isParameter: boolean): void => {
    if (!value) return;
    visit(value, {
      argument: (argument) => {
        collect(argument.value, argument.name?.text ?? name, isParameter);
        return false;
      },
      string: (literal) => {
        const texts = literal.parts.map((part) => (part.kind === "string-text" ? part.value : ""));
        const text = texts.join("");
        strings.push({ literal, text, beginning: texts[0] ?? "", name, isParameter });
      },
    });
  };
  visit(tree, {
    import: () => false,
    param: ({ name, default: value }) => {
      collect(value, name.text, true);
      return false;
    },
    secret: () => false,
    let: ({ name, value }) => {
      collect(value, name.text, false);
      return false;
    },
    entry: ({ key, value }) => {
      collect(value, key.text, false);
      return false;
    },
  });
  return strings;
}

/** The inside of a string's quotes. */
export const insideOf = ({ span }: StringLiteral): Span => ({ start: span.start + 1, end: span.end - 1 });

/** Whether a path is one that people write until they know better: `/path/to/data`, `<your folder>`. */
export const isPlaceholder = (text: string): boolean =>
  /(?:^|[\\/])path[\\/_-]?to(?:[\\/_-]|$)|<[\w .-]+>|\b(?:your|my)[_-](?:data|path|folder|dir|model|user|name|checkpoint)|\/export\/home\/|\/home\/(?:user|username)\/|\b(?:CHANGE_?ME|REPLACE_?ME|TODO|FIXME|XXX)\b/i.test(
    text,
  );
