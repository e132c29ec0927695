import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from "yaml";
import type { Span } from "../../../grammar/index.ts";
import type { Refusals } from "../refusals.ts";
import { attachComments } from "./comments.ts";
import type { Spaced } from "./lenient.ts";
import { maxDepth, parse, reportError, spanWithin } from "./parse.ts";
import { plainScalar, taggedScalar } from "./scalars.ts";
import { noTrivia, type YamlEntry, type YamlMap, type YamlNode, type YamlScalar } from "./tree.ts";

/** A YAML document as LAVIS's loader would see it. */
export interface YamlFile {
  readonly root: YamlNode;
  /** Comments before the first entry. */
  readonly head: readonly string[];
}

/** More nodes than any configuration repeats by aliases; aliases of aliases reach it fast. */
const maxUnfolded = 100_000;

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
  const reader = new Reader(refusals, parsed.place);
  const root = reader.read(contents);
  if (!root) return undefined;
  const kept = entriesIn(root);
  // What a merge key or a later twin replaced holds no comments: they go to its neighbours.
  const entries = reader.entries.filter((entry) => kept.has(entry));
  return { root, head: attachComments(parsed.comments, entries, source) };
}

/** Every entry of a tree. */
function entriesIn(root: YamlNode): ReadonlySet<YamlEntry> {
  const found = new Set<YamlEntry>();
  const visit = (node: YamlNode): void => {
    if (node.kind === "list") node.items.forEach(visit);
    else if (node.kind === "map")
      for (const entry of node.entries) {
        found.add(entry);
        visit(entry.value);
      }
  };
  visit(root);
  return found;
}

const isNothing = (node: unknown): boolean => isScalar(node) && node.type === "PLAIN" && node.source === "";

/** The key of an entry. */
interface Key {
  readonly text: string;
  /** `<<`, which brings in the entries of other mappings. */
  readonly isMerge: boolean;
  /** OmegaConf minds a second one where it is a text, and else takes the later. */
  readonly isText: boolean;
}

/** Turns the library's nodes into ours. */
class Reader {
  /** Every entry that stands in the text, in its order. */
  readonly entries: YamlEntry[] = [];
  readonly #refusals: Refusals;
  readonly #place: Spaced["place"];
  readonly #anchors = new Map<string, Node>();
  /** The anchored nodes that are being unfolded. */
  readonly #open = new Set<Node>();
  #numUnfolded = 0;
  #isRefused = false;

  constructor(refusals: Refusals, place: Spaced["place"]) {
    this.#refusals = refusals;
    this.#place = place;
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
    if (!isOriginal) this.#numUnfolded++;
    if (this.#numUnfolded > maxUnfolded || depth > maxDepth) {
      this.#refuse("this file", "it unfolds to more than a configuration can be", span);
      return nothing;
    }
    if (isAlias(node)) return this.#alias(node, span, depth);
    if (isOriginal) this.#nameAnchor(node, span);
    this.#open.add(node);
    const read = this.#content(node, span, depth, isOriginal) ?? nothing;
    this.#open.delete(node);
    return read;
  }

  #nameAnchor(node: Node, span: Span): void {
    if (!("anchor" in node) || !node.anchor) return;
    this.#anchors.set(node.anchor, node);
    if (!/^[\w-]+$/.test(node.anchor))
      this.#refuse(`\`&${node.anchor}\``, "names of anchors have letters, digits, `-` and `_` only", span);
  }

  #content(node: Node, span: Span, depth: number, isOriginal: boolean): YamlNode | undefined {
    const tag = ownTag(node);
    if (isScalar(node)) return this.#scalar(node, span);
    if (isMap(node) && (tag === undefined || tag === "map")) return this.#map(node, span, depth, isOriginal);
    if (isSeq(node) && (tag === undefined || tag === "seq")) {
      const items = node.items.map((item) => this.#node(item as Node | null, depth + 1, isOriginal));
      return { kind: "list", items, span };
    }
    this.#refuse("this value", `its tag \`${node.tag}\` is none that LAVIS's loader knows`, span);
    return undefined;
  }

  #scalar(node: Scalar, span: Span): YamlScalar | undefined {
    const tag = ownTag(node);
    const text = this.#textOf(node);
    if (tag === undefined && node.type === "PLAIN" && unusable.has(text)) {
      this.#refuse(`\`${text}\``, "PyYAML takes it for a sign of its own; write it in quotes", span);
      return undefined;
    }
    const value =
      tag === undefined ? (node.type === "PLAIN" ? plainScalar(text) : text) : taggedScalar(tag, text);
    if (value !== undefined) return { kind: "scalar", value, text, span };
    this.#refuse(
      "this value",
      `it does not fit its tag \`${node.tag}\`, or LAVIS's loader has no such tag`,
      span,
    );
    return undefined;
  }

  #textOf({ type, value, range }: Scalar): string {
    // The library leaves the carriage return of a line that ends behind a scalar in brackets.
    const text = String(value ?? "").replace(type === "PLAIN" ? /\r$/ : /$^/, "");
    // PyYAML adds no line break to a block text that ends the file without one.
    const isCut = type === "BLOCK_LITERAL" || type === "BLOCK_FOLDED" ? this.#isCutOff(range?.[1]) : false;
    return isCut ? text.replace(/\n$/, "") : text;
  }

  #isCutOff(end = 0): boolean {
    const { text } = this.#refusals.source;
    return this.#place(end) >= text.length && !/[\r\n]$/.test(text);
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
      if (twin && key.isText) {
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

  #key(node: Node | null): Key | undefined {
    const span = this.#spanOf(node);
    const target = isAlias(node) ? this.#anchors.get(node.source) : node;
    if (isScalar(target)) {
      if (target === node) this.#nameAnchor(node, span);
      const isMerge = target === node && target.value === "<<" && target.type === "PLAIN";
      if (isMerge) return { text: "<<", isMerge, isText: false };
      const read = this.#scalar(target, span);
      if (read && read.value !== null)
        return { text: read.text, isMerge, isText: typeof read.value === "string" };
    }
    this.#refuse("this key", "keys must be plain texts", span);
    return undefined;
  }

  #spanOf(node: Node | null): Span {
    const [start, end] = node?.range ?? [0, 0];
    return spanWithin(this.#refusals.source, this.#place(start), this.#place(end));
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

/** Plain scalars that PyYAML gives a tag for which it then has no use. */
const unusable: ReadonlySet<string> = new Set(["=", "<<"]);

/** A tag that is written, short where it is one of YAML's own; `!` says no more than that there is none. */
const ownTag = (node: Node): string | undefined =>
  "tag" in node && typeof node.tag === "string" && node.tag !== "!"
    ? node.tag.replace(/^tag:yaml\.org,2002:/, "")
    : undefined;
