/**
 * The syntax tree of a `.lavis` file.
 *
 * Every node is plain, read-only data with a `kind` to discriminate on and a `span` of source offsets. A tree
 * exists for every input: where something was missing stands a name with an empty text ({@link isMissing}), a
 * {@link Missing} expression, or a {@link Broken} member, and a syntax diagnostic says so.
 */

import type { Span } from "./source.ts";

interface NodeBase<K extends string> {
  readonly kind: K;
  readonly span: Span;
}

/** `file = [ "lavis" NUMBER ] { import } { decl }` */
export interface File extends NodeBase<"file"> {
  readonly version: Version | undefined;
  readonly imports: readonly Import[];
  readonly declarations: readonly Declaration[];
  /** Stretches at the top level that are no declaration, in order. */
  readonly broken: readonly Broken[];
  /** Every comment of the file outside strings, documentation included, in order. */
  readonly comments: readonly Comment[];
}

/** `lavis 1`: the version of the language that the file is written in. */
export interface Version extends NodeBase<"version"> {
  readonly number: NumberLiteral | Missing;
}

/** `import { a, b } from "../common.lavis"` */
export interface Import extends NodeBase<"import"> {
  readonly names: readonly Name[];
  readonly from: StringLiteral | Missing;
}

export type Declaration = Param | Secret | Let | Fragment | Recipe;

/** `param peak_lr: number = 2e-5` */
export interface Param extends NodeBase<"param"> {
  readonly docs: readonly Comment[];
  readonly name: Name;
  /** Absent only where a diagnostic says that it is missing. */
  readonly type: TypeExpression | undefined;
  readonly default: Expression | undefined;
}

/** `secret hub_token = env("HUB_TOKEN")` */
export interface Secret extends NodeBase<"secret"> {
  readonly docs: readonly Comment[];
  readonly name: Name;
  readonly value: Expression;
}

/** `let data_root = "/data"` */
export interface Let extends NodeBase<"let"> {
  readonly docs: readonly Comment[];
  readonly name: Name;
  readonly value: Expression;
}

/** `fragment blip_images for dataset { … }` */
export interface Fragment extends NodeBase<"fragment"> {
  readonly docs: readonly Comment[];
  readonly name: Name;
  /** The kind of section that the fragment can be spliced into. */
  readonly target: Name;
  readonly block: Block;
}

/** `recipe caption_coco extends base { … }` */
export interface Recipe extends NodeBase<"recipe"> {
  readonly docs: readonly Comment[];
  readonly name: Name;
  readonly base: Name | undefined;
  readonly block: Block;
}

/** `{ … }`; the span includes the braces. */
export interface Block extends NodeBase<"block"> {
  readonly items: readonly Item[];
}

export type Item = Use | Remove | Entry | Section | Broken;

/** `use blip_images` */
export interface Use extends NodeBase<"use"> {
  readonly docs: readonly Comment[];
  readonly fragment: Name;
}

/** `remove dataset coco_caption`, `remove schedule`, `remove seed` */
export interface Remove extends NodeBase<"remove"> {
  readonly docs: readonly Comment[];
  /** The kind of section, or the key. */
  readonly target: Name;
  /** The label of the section, such as the name of a dataset. */
  readonly label: Name | undefined;
}

/** `key = value` */
export interface Entry extends NodeBase<"entry"> {
  readonly docs: readonly Comment[];
  readonly key: Name;
  readonly value: Expression;
}

/** `kind label from format { … }`; all but the kind may be absent. */
export interface Section extends NodeBase<"section"> {
  readonly docs: readonly Comment[];
  readonly sectionKind: Name;
  readonly label: Path | undefined;
  /** `from karpathy` (a name) or `from "./model.ts"` (a string). */
  readonly from: Name | StringLiteral | Missing | undefined;
  readonly block: Block | undefined;
}

/** A stretch of source that is no item or declaration; a diagnostic says why. */
export interface Broken extends NodeBase<"broken"> {}

/** One identifier. Where one is missing, `text` is empty and the span has no length. */
export interface Name extends NodeBase<"name"> {
  readonly text: string;
}

/** `blip_caption.base_coco`; `text` is the segments joined by dots. */
export interface Path extends NodeBase<"path"> {
  readonly segments: readonly Name[];
  readonly text: string;
}

/** `number`, `"adamw" | "sgd"`, `path?` */
export interface TypeExpression extends NodeBase<"type"> {
  readonly members: readonly (Name | StringLiteral)[];
  /** Ends in `?`: `none` is a value too. */
  readonly optional: boolean;
}

export type Expression =
  | NumberLiteral
  | StringLiteral
  | BooleanLiteral
  | NoneLiteral
  | List
  | Reference
  | Call
  | Binary
  | Parenthesized
  | Missing;

/** `384px`, `-2e-5`, `57_600`, `25%` */
export interface NumberLiteral extends NodeBase<"number"> {
  /** As written, sign and unit included. */
  readonly text: string;
  /** The signed number before its unit: `384` for `384px`, `25` for `25%`. */
  readonly value: number;
  /** The glued unit, as written: `px`, `epochs`, `%`. */
  readonly unit: Name | undefined;
}

/** `"output/${name}"` */
export interface StringLiteral extends NodeBase<"string"> {
  /** Texts and interpolations in order; an empty string has none. */
  readonly parts: readonly (StringText | Interpolation)[];
}

/** A stretch of a string between interpolations; `value` has the escapes resolved. */
export interface StringText extends NodeBase<"string-text"> {
  readonly value: string;
}

/** `${expr}`; the span includes `${` and `}`. */
export interface Interpolation extends NodeBase<"interpolation"> {
  readonly expression: Expression;
}

export interface BooleanLiteral extends NodeBase<"boolean"> {
  readonly value: boolean;
}

export interface NoneLiteral extends NodeBase<"none"> {}

/** `[train, val]` */
export interface List extends NodeBase<"list"> {
  readonly elements: readonly Expression[];
}

/** `cuda`, `peak_lr`, `blip_retrieval.coco`: a bare name or a dotted one. */
export interface Reference extends NodeBase<"reference"> {
  readonly path: Path;
}

/** `blip_image_train(image_size = 384px)` */
export interface Call extends NodeBase<"call"> {
  readonly callee: Path;
  readonly arguments: readonly Argument[];
}

/** `image_size = 384px` or a value alone. */
export interface Argument extends NodeBase<"argument"> {
  readonly name: Name | undefined;
  readonly value: Expression;
}

export type BinaryOperator = "+" | "-" | "*" | "/";

/** `data_root / "coco/images"`; left-associative. */
export interface Binary extends NodeBase<"binary"> {
  readonly operator: BinaryOperator;
  readonly operatorSpan: Span;
  readonly left: Expression;
  readonly right: Expression;
}

/** `(a + b)` */
export interface Parenthesized extends NodeBase<"parenthesized"> {
  readonly expression: Expression;
}

/** A value that should stand here and does not; the span is where a diagnostic points. */
export interface Missing extends NodeBase<"missing"> {}

export type CommentStyle =
  /** `// text` */
  | "line"
  /** `/// text` */
  | "doc"
  /** `# text`: not of the language, read as a comment all the same. */
  | "hash"
  /** A comment between slash-star and star-slash: not of the language, read as a comment all the same. */
  | "block";

export interface Comment extends NodeBase<"comment"> {
  readonly style: CommentStyle;
  /** The text behind the marker, without one leading space and without trailing space. */
  readonly text: string;
}

export type Node =
  | File
  | Version
  | Import
  | Declaration
  | Block
  | Item
  | Name
  | Path
  | TypeExpression
  | Expression
  | StringText
  | Interpolation
  | Argument;

export type NodeKind = Node["kind"];
export type NodeOf<K extends NodeKind> = Extract<Node, { readonly kind: K }>;

/** Whether the name was not there and stands only to complete the tree. */
export function isMissing(name: Name): boolean {
  return name.text === "";
}

/** The text of a string without interpolations; undefined where it has some. */
export function constantText(string: StringLiteral): string | undefined {
  let text = "";
  for (const part of string.parts) {
    if (part.kind === "interpolation") return undefined;
    text += part.value;
  }
  return text;
}

/** The doc comment's text: its lines joined by line breaks, empty where there is none. */
export function docText(node: { readonly docs: readonly Comment[] }): string {
  return node.docs.map((doc) => doc.text).join("\n");
}
