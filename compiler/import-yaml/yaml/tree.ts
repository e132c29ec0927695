import type { Span } from "../../../grammar/index.ts";
import type { ScalarValue } from "./scalars.ts";

/** A comment of the YAML file, without its `#`. */
export interface Remark {
  readonly text: string;
  /** An empty line stands before it. */
  readonly isApart: boolean;
  /** Where it stands in the YAML. */
  readonly offset: number;
}

/** The comments around an entry. They are filled in after the tree is read. */
export interface Trivia {
  /** On lines of their own, before it. */
  readonly leading: Remark[];
  /** On its own line. */
  readonly trailing: Remark[];
  /** On lines of their own, below it, where the block ends or indentation says that they belong to it. */
  readonly after: Remark[];
  /** An empty line stands before the entry. */
  isApart: boolean;
}

export const noTrivia = (): Trivia => ({ leading: [], trailing: [], after: [], isApart: false });

interface NodeBase {
  readonly span: Span;
}

export interface YamlScalar extends NodeBase {
  readonly kind: "scalar";
  readonly value: ScalarValue;
  /** As the file has it, without quotes. */
  readonly text: string;
}

export interface YamlList extends NodeBase {
  readonly kind: "list";
  readonly items: readonly YamlNode[];
}

export interface YamlMap extends NodeBase {
  readonly kind: "map";
  readonly entries: readonly YamlEntry[];
}

/** Plain data with places: aliases are unfolded, merge keys applied. */
export type YamlNode = YamlScalar | YamlList | YamlMap;

export interface YamlEntry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: YamlNode;
  /** From the start of the key to the end of the value. */
  readonly span: Span;
  readonly trivia: Trivia;
}

/** The entry of a mapping with a key. */
export const entryOf = (map: YamlMap, key: string): YamlEntry | undefined =>
  map.entries.find((entry) => entry.key === key);

/** A node in words, for messages. */
export function describeNode(node: YamlNode): string {
  switch (node.kind) {
    case "map":
      return node.entries.length === 0 ? "an empty mapping" : "a mapping";
    case "list":
      return "a list";
    case "scalar":
      if (node.value === null) return "nothing";
      if (typeof node.value === "string") return `the text ${JSON.stringify(node.value.slice(0, 60))}`;
      return String(node.value);
  }
}
