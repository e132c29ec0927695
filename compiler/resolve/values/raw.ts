import type { Argument, Path, Secret, SourceText } from "../../../grammar/index.ts";
import type { Dimension, OptionType } from "../../../runtime/card.ts";
import { editDistance, suggestionsFor } from "../../diagnostics/index.ts";
import { type Declared, namesOfKinds } from "../../program/index.ts";
import type { Place, RuntimeExpression } from "../resolved.ts";

/** What expressions are evaluated in: a file, or a text of the command line. */
export interface Scope {
  readonly source: SourceText;
  /** The absolute folder that relative paths are relative to. */
  readonly directory: string;
  readonly names: ReadonlyMap<string, Declared>;
  /** Names that a failed import should have brought in. */
  readonly lostNames?: ReadonlySet<string>;
}

interface RawBase {
  readonly place: Place;
  /** The folder that a relative path in the value is relative to: that of the file that wrote it. */
  readonly directory: string;
  /** The declaration of the name that the value was written as. */
  readonly declared?: Place | undefined;
  /** The value of a parameter that may be none in another run. */
  readonly mayBeNone?: boolean | undefined;
  /** How the program computes it, where it depends on a parameter. */
  readonly expression?: RuntimeExpression | undefined;
}

/** A number in its dimension's base unit; without a dimension it takes that of the option that it is given to. */
export interface RawNumber extends RawBase {
  readonly kind: "number";
  readonly value: number | undefined;
  readonly dimension: Dimension | undefined;
  /** Whatever the parameters are, the value is an integer. */
  readonly isInteger: boolean;
}

/** A text; `value` is undefined where only the run knows it. */
export interface RawText extends RawBase {
  /** Of a path is known that it names a file; relative ones are relative to `directory`. */
  readonly kind: "string" | "path";
  readonly value: string | undefined;
  /** Of a parameter that is a union of literals: those. */
  readonly members?: readonly string[] | undefined;
}

export interface RawBoolean extends RawBase {
  readonly kind: "bool";
  readonly value: boolean | undefined;
}

/** `none`, or a parameter that is none by default: `type` is what it is otherwise. */
export interface RawNone extends RawBase {
  readonly kind: "none";
  readonly type?: OptionType | undefined;
}

export interface RawList extends RawBase {
  readonly kind: "list";
  readonly elements: readonly Raw[];
}

/** A name that stands for no declaration: a member of an enumeration, a split, a component without arguments. */
export interface RawName extends RawBase {
  readonly kind: "name";
  readonly path: Path;
  readonly scope: Scope;
}

/** A component with arguments. */
export interface RawCall extends RawBase {
  readonly kind: "call";
  readonly path: Path;
  readonly arguments: readonly Argument[];
  readonly scope: Scope;
}

/** A secret by its name, which only an option that takes one may have. */
export interface RawSecret extends RawBase {
  readonly kind: "secret";
  readonly secret: Declared<Secret>;
}

/** Something wrong that has been reported. */
export interface RawInvalid extends RawBase {
  readonly kind: "invalid";
}

/** The value of an expression before an option's type is asked of it. */
export type Raw =
  | RawNumber
  | RawText
  | RawBoolean
  | RawNone
  | RawList
  | RawName
  | RawCall
  | RawSecret
  | RawInvalid;

/** The expression of a raw value as the program computes it: its own, or its constant. */
export function expressionOf(raw: RawNumber | RawText | RawBoolean | RawNone): RuntimeExpression {
  if (raw.expression) return raw.expression;
  return { kind: "constant", value: raw.kind === "none" ? null : (raw.value ?? null) };
}

/** The parameters and lets that may have been meant by a name that stands for no declaration. */
export function valuesNear({ path, scope }: RawName): readonly string[] {
  const near = suggestionsFor(path.text, namesOfKinds(scope, "let", "param"));
  // It may be a word of another kind (`maybe` for a switch), so that only a slip counts.
  return near.filter((name) => editDistance(name, path.text) <= Math.ceil(name.length / 3));
}

/** What a value is, in words, for messages. */
export function describeRaw(raw: Raw): string {
  switch (raw.kind) {
    case "number": {
      const text = raw.value === undefined ? "a number" : String(raw.value);
      return raw.dimension && raw.dimension !== "ratio" ? `${text} ${raw.dimension}` : text;
    }
    case "string":
      return raw.value === undefined ? "a string" : `the string ${quote(raw.value)}`;
    case "path":
      return raw.value === undefined ? "a path" : `the path ${quote(raw.value)}`;
    case "bool":
      return raw.value === undefined ? "true or false" : String(raw.value);
    case "none":
      return "none";
    case "list":
      return raw.elements.length === 1 ? "a list of one value" : `a list of ${raw.elements.length} values`;
    case "name":
      return `the name \`${raw.path.text}\``;
    case "call":
      return `the call \`${raw.path.text}(…)\``;
    case "secret":
      return `the secret \`${raw.secret.declaration.name.text}\``;
    case "invalid":
      return "something invalid";
  }
}

/** A text in quotes; of a long one the beginning. */
const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
