import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Parser,
  type Scalar,
  type YAMLMap,
} from "yaml";
import type { SourceText, Span } from "../../../grammar/index.ts";
import type { Refusals } from "../refusals.ts";
import { attachComments, leavesOf } from "./comments.ts";
import { type JoinedText, joinFlowLines, type PlacedComment } from "./flow-lines.ts";
import { plainScalar, taggedScalar } from "./scalars.ts";
import { noTrivia, type YamlEntry, type YamlMap, type YamlNode, type YamlScalar } from "./tree.ts";

/** A YAML document as LAVIS's loader would see it. */
export interface YamlFile {
  readonly root: YamlNode;
  /** Comments before the first entry. */
  readonly head: readonly string[];
}

/** More nodes than any configuration has; aliases of aliases reach it fast. */
const maxNodes = 100_000;
const maxDepth = 100;

/**
 * Reads a YAML file the way LAVIS does (OmegaConf on PyYAML). Undefined where it cannot be read, which is
 * reported with its place.
 */
export function readYaml(refusals: Refusals): YamlFile | undefined {
  const { source } = refusals;
  const parsed = parse(source.text);
  if (reportError(parsed, refusals)) return undefined;
  const contents = parsed.documents[0]?.contents;
  if (!contents || isNothing(contents)) {
    refusals.report("LV5002", {}, spanWithin(source, 0, 1));
    return undefined;
  }
  const reader = new Reader(refusals);
  const root = reader.read(contents);
  return root && { root, head: attachComments(parsed.comments, reader.entries, source) };
}

/** A text as the library sees it. */
interface Parsed {
  readonly documents: readonly Document.Parsed[];
  readonly comments: readonly PlacedComment[];
  /** Quoted scalars. */
  readonly quotes: readonly CST.SourceToken[];
  /** What has a tab outside of quotes, comments and block texts: PyYAML takes none there. */
  readonly tabbed: CST.SourceToken | undefined;
}

function parse(written: string): Parsed {
  // The library strips a byte order mark, and its offsets then lack it.
  const text = written.replace(/^\ufeff/, "\n");
  const parsed = parseJoined({ text, comments: [] });
  if (!parsed.documents.some(({ errors }) => errors.length > 0)) return parsed;
  const joined = joinFlowLines(text);
  return joined.text === text ? parsed : parseJoined(joined);
}

function parseJoined({ text, comments }: JoinedText): Parsed {
  const tokens = [...new Parser().parse(text)];
  const leaves = leavesOf(tokens);
  return {
    documents: composeAll(tokens, text.length),
    comments: [...leaves.filter(({ type }) => type === "comment"), ...comments],
    quotes: leaves.filter(({ type }) => /^(single|double)-quoted-scalar$/.test(type)),
    tabbed: leaves.find(({ type, source }) => /^(space|scalar)$/.test(type) && source.includes("\t")),
  };
}

/** The documents of a stream; every scalar is a text, because the library's YAML 1.1 is not PyYAML's. */
const composeAll = (tokens: readonly CST.Token[], length: number): readonly Document.Parsed[] => [
  ...new Composer({ schema: "failsafe", uniqueKeys: false, prettyErrors: false }).compose(
    tokens,
    true,
    length,
  ),
];

/** Reports the first error: those after it tend to follow from it. True where there is one. */
function reportError({ documents, quotes, tabbed }: Parsed, refusals: Refusals): boolean {
  const { source } = refusals;
  const [error] = documents.flatMap(({ errors }) => errors);
  const [, second] = documents;
  if (error) {
    const { code, message, pos } = error;
    const problem = problems[code] ?? `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
    // A quote that stays open is missed at the end of the file; what matters is where it opens.
    const open = quotes.find(
      ({ offset, source: quoted }) => code === "MISSING_CHAR" && pos[0] === offset + quoted.length,
    );
    const span = open ? { start: open.offset, end: open.offset + 1 } : spanWithin(source, pos[0], pos[1]);
    refusals.report("LV5001", { problem }, span);
  } else if (tabbed) {
    const at = tabbed.offset + tabbed.source.indexOf("\t");
    refusals.report(
      "LV5001",
      { problem: "a tab stands where only spaces may" },
      spanWithin(source, at, at + 1),
    );
  } else if (second) {
    const span = spanWithin(source, second.range[0], second.range[0] + 1);
    refusals.report("LV5001", { problem: "a second document starts here" }, span);
  }
  return error !== undefined || tabbed !== undefined || second !== undefined;
}

const problems: Readonly<Record<string, string>> = {
  BAD_INDENT: "this line is not indented like its neighbours, or a bracket is not closed",
  BLOCK_AS_IMPLICIT_KEY: "a `key: value` starts inside of another's value",
  MULTILINE_IMPLICIT_KEY: "a key must be on one line, with its `:`",
  MISSING_CHAR: "something that was opened is not closed",
  TAB_AS_INDENT: "a tab stands where only spaces may indent",
  BAD_SCALAR_START: "a text that starts with this character needs quotes",
  UNEXPECTED_TOKEN: "nothing like this can stand here",
  BAD_ALIAS: "an anchor or alias has no name, or stands in the wrong place",
};

/** A span of the text; an empty one is widened so that it can be shown. */
function spanWithin({ text }: SourceText, start: number, end: number): Span {
  const from = Math.max(0, Math.min(start, text.length));
  return { start: from, end: Math.max(from, Math.min(end, text.length)) };
}

const isNothing = (node: unknown): boolean => isScalar(node) && node.type === "PLAIN" && node.source === "";

/** Turns the library's nodes into ours. */
class Reader {
  /** Every entry that stands in the text, in its order. */
  readonly entries: YamlEntry[] = [];
  readonly #refusals: Refusals;
  readonly #anchors = new Map<string, Node>();
  /** The anchored nodes that are being unfolded. */
  readonly #open = new Set<Node>();
  #numNodes = 0;
  #isRefused = false;

  constructor(refusals: Refusals) {
    this.#refusals = refusals;
  }

  /** The tree; undefined where part of it cannot be read, which is reported. */
  read(contents: Node): YamlNode | undefined {
    const root = this.#node(contents, 0, true);
    return this.#isRefused ? undefined : root;
  }

  /** `isOriginal`: the node stands here in the text, and not at the anchor of an alias. */
  #node(node: Node | null, depth: number, isOriginal: boolean): YamlNode {
    const span = this.#spanOf(node);
    const nothing: YamlScalar = { kind: "scalar", value: null, text: "", span };
    if (!node || this.#isRefused) return nothing;
    if (++this.#numNodes > maxNodes || depth > maxDepth) {
      this.#refuse("this file", "it unfolds to more than a configuration can be", span);
      return nothing;
    }
    if (isAlias(node)) return this.#alias(node, span, depth);
    if ("anchor" in node && node.anchor && isOriginal) this.#anchors.set(node.anchor, node);
    this.#open.add(node);
    const read = this.#content(node, span, depth, isOriginal) ?? nothing;
    this.#open.delete(node);
    return read;
  }

  #content(node: Node, span: Span, depth: number, isOriginal: boolean): YamlNode | undefined {
    const tag = ownTag(node);
    if (isScalar(node)) return this.#scalar(node, tag, span);
    if (isMap(node) && (tag === undefined || tag === "map")) return this.#map(node, span, depth, isOriginal);
    if (isSeq(node) && (tag === undefined || tag === "seq")) {
      const items = node.items.map((item) => this.#node(item as Node | null, depth + 1, isOriginal));
      return { kind: "list", items, span };
    }
    this.#refuse("this value", `its tag \`${node.tag}\` is none that LAVIS's loader knows`, span);
    return undefined;
  }

  #scalar(node: Scalar, tag: string | undefined, span: Span): YamlScalar | undefined {
    const text = String(node.value ?? "");
    if (tag === undefined || tag === "!")
      return {
        kind: "scalar",
        value: node.type === "PLAIN" && tag === undefined ? plainScalar(text) : text,
        text,
        span,
      };
    const value = taggedScalar(tag, text);
    if (value !== undefined) return { kind: "scalar", value, text, span };
    this.#refuse(
      "this value",
      `it does not fit its tag \`${node.tag}\`, or LAVIS's loader has no such tag`,
      span,
    );
    return undefined;
  }

  #alias(node: Alias, span: Span, depth: number): YamlNode {
    const nothing: YamlScalar = { kind: "scalar", value: null, text: "", span };
    const target = this.#anchors.get(node.source);
    if (!target) this.#refuse(`\`*${node.source}\``, "there is no anchor of this name before it", span);
    else if (this.#open.has(target)) this.#refuse(`\`*${node.source}\``, "it contains itself", span);
    else return { ...this.#node(target, depth, false), span };
    return nothing;
  }

  #map(node: YAMLMap, span: Span, depth: number, isOriginal: boolean): YamlMap {
    const own = new Map<string, YamlEntry>();
    const merged: YamlEntry[] = [];
    for (const pair of node.items as readonly Pair<Node | null, Node | null>[]) {
      const { key: keyNode, value: valueNode } = pair;
      const key = this.#key(keyNode);
      if (key === undefined) continue;
      const keySpan = this.#spanOf(keyNode);
      const twin = own.get(key.text);
      if (twin) {
        const labels = [{ span: twin.keySpan, message: "first given here" }];
        this.#isRefused = true;
        this.#refusals.report("LV5003", { key: key.text }, keySpan, { labels });
        continue;
      }
      const trivia = noTrivia();
      const at = this.entries.length;
      const value = this.#node(valueNode, depth + 1, isOriginal);
      const entry = { key: key.text, keySpan, value, trivia, span: this.#between(keySpan, value.span) };
      // An entry stands in the text before those inside of its value.
      if (isOriginal) this.entries.splice(at, 0, entry);
      if (key.isMerge) merged.push(...this.#mergedEntries(entry));
      else own.set(key.text, entry);
    }
    for (const entry of merged) if (!own.has(entry.key)) own.set(entry.key, entry);
    return { kind: "map", entries: [...own.values()], span };
  }

  /** The entries that `<<: *base` or `<<: [*a, *b]` brings in; earlier ones win. */
  #mergedEntries({ value, keySpan }: YamlEntry): readonly YamlEntry[] {
    const sources = value.kind === "list" ? value.items : [value];
    const entries = new Map<string, YamlEntry>();
    for (const one of sources) {
      if (one.kind !== "map") {
        this.#refuse("`<<`", "it merges mappings, and this is none", keySpan);
        break;
      }
      for (const entry of one.entries) if (!entries.has(entry.key)) entries.set(entry.key, entry);
    }
    return [...entries.values()];
  }

  #key(node: Node | null): { readonly text: string; readonly isMerge: boolean } | undefined {
    if (isScalar(node)) {
      const text = String(node.value ?? "");
      return { text, isMerge: text === "<<" && node.type === "PLAIN" };
    }
    const target = isAlias(node) ? this.#anchors.get(node.source) : undefined;
    if (isScalar(target)) return { text: String(target.value ?? ""), isMerge: false };
    this.#refuse("this key", "keys must be plain texts", this.#spanOf(node));
    return undefined;
  }

  #spanOf(node: Node | null): Span {
    const [start, end] = node?.range ?? [0, 0];
    return spanWithin(this.#refusals.source, start, end);
  }

  /** From a key to its value; the value of an alias stands elsewhere, and an empty one nowhere. */
  #between(key: Span, value: Span): Span {
    return { start: key.start, end: Math.max(key.end, value.end) };
  }

  #refuse(subject: string, problem: string, span: Span): void {
    if (!this.#isRefused) this.#refusals.report("LV5004", { subject, problem }, span);
    this.#isRefused = true;
  }
}

/** A tag that is written, short where it is one of YAML's own. */
const ownTag = (node: Node): string | undefined =>
  "tag" in node && typeof node.tag === "string" ? node.tag.replace(/^tag:yaml\.org,2002:/, "") : undefined;
