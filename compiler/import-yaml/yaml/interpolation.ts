import type { Span } from "../../../grammar/index.ts";
import type { Refusals } from "../refusals.ts";
import type { ScalarValue } from "./scalars.ts";
import { entryOf, type YamlNode, type YamlScalar } from "./tree.ts";

/** `${oc.env:NAME}`, or `${oc.env:NAME,otherwise}`. */
export interface EnvironmentReference {
  readonly variable: string;
  readonly otherwise: string | undefined;
}

/** The pieces of a text that holds references to the environment. */
export type TextParts = readonly (string | EnvironmentReference)[];

/** Where a value that the file does not give comes from: LAVIS's defaults, by the path in its configuration. */
export type Fallback = (path: readonly string[]) => ScalarValue | undefined;

const innermost = /(\\*)\$\{([^${}]*)\}/;
/** Stand for a reference to the environment, and for the signs of an escaped one, while a text is put together. */
const marker = "\u0000";
const escapedOpen = "\u0001";
const escapedClose = "\u0002";
const hasMarks = (text: string): boolean =>
  [marker, escapedOpen, escapedClose].some((mark) => text.includes(mark));

/**
 * Resolves OmegaConf's references all over a tree: `${run.seed}` becomes that value, `${.key}` and `${..key}`
 * are relative to the mapping around, `${oc.env:NAME}` stays a reference to the environment. Reports those that
 * lead nowhere, and values that are marked as missing (`???`).
 */
export class Interpolator {
  /** The pieces of each scalar that refers to the environment. */
  readonly parts = new Map<YamlNode, TextParts>();
  readonly #root: YamlNode;
  readonly #refusals: Refusals;
  readonly #fallback: Fallback;
  /** The paths that are being resolved, against circles. */
  readonly #open = new Set<string>();

  constructor(root: YamlNode, refusals: Refusals, fallback: Fallback) {
    this.#root = root;
    this.#refusals = refusals;
    this.#fallback = fallback;
  }

  /** The tree with every reference resolved. */
  resolve(): YamlNode {
    return this.#node(this.#root, []);
  }

  #node(node: YamlNode, path: readonly string[]): YamlNode {
    switch (node.kind) {
      case "scalar":
        return this.#scalar(node, path);
      case "list":
        return { ...node, items: node.items.map((item, at) => this.#node(item, [...path, String(at)])) };
      case "map": {
        const entries = node.entries.map((entry) => ({
          ...entry,
          value: this.#node(entry.value, [...path, entry.key]),
        }));
        return { ...node, entries };
      }
    }
  }

  #scalar(node: YamlScalar, path: readonly string[]): YamlNode {
    if (typeof node.value !== "string") return node;
    if (node.value === "???") {
      const key = path.at(-1) ?? "";
      this.#refusals.report("LV5010", { key }, node.span);
      return node;
    }
    return node.value.includes("${") ? this.#text(node, node.value, path) : node;
  }

  #text(node: YamlScalar, written: string, path: readonly string[]): YamlNode {
    let text = written;
    const references: EnvironmentReference[] = [];
    if (hasMarks(text)) {
      this.#refuse(written, "the text holds control characters", node.span);
      return node;
    }
    for (let match = innermost.exec(text); match; match = innermost.exec(text)) {
      const [whole, slashes = "", reference = ""] = match;
      if (hasMarks(reference)) {
        this.#refuse(written, "a reference to the environment stands inside of another", node.span);
        return node;
      }
      const before = text.slice(0, match.index);
      const behind = text.slice(match.index + whole.length);
      if (slashes.length % 2 === 1) {
        // An escaped one is text.
        text = `${before}${slashes.slice(1)}${escapedOpen}${reference}${escapedClose}${behind}`;
        continue;
      }
      const environment = environmentReference(reference);
      if (environment) {
        references.push(environment);
        text = `${before}${marker}${behind}`;
        continue;
      }
      const found = this.#lookUp(reference, path, node.span);
      if (!found) return node;
      if (before === "" && behind === "" && slashes === "") return { ...found, span: node.span };
      if (found.kind !== "scalar") {
        this.#refuse(reference, "it is a part of a text, and what it names is no single value", node.span);
        return node;
      }
      text = `${before}${slashes}${found.value === null ? "None" : found.text}${behind}`;
    }
    if (text.includes("${")) {
      this.#refuse(written, "it is not closed, or is of a kind that is not known", node.span);
      return node;
    }
    text = text.replaceAll(escapedOpen, "${").replaceAll(escapedClose, "}");
    const resolved: YamlScalar = { ...node, value: text, text };
    if (references.length > 0) this.parts.set(resolved, partsOf(text, references));
    return resolved;
  }

  /** The node that `a.b`, `.b` or `a[0].b` names, resolved itself. */
  #lookUp(reference: string, path: readonly string[], span: Span): YamlNode | undefined {
    const target = targetOf(reference, path);
    if (!target) {
      const problem = reference.includes(":")
        ? "there is no resolver of this name; LAVIS has `oc.env` only"
        : "it is no path of keys";
      this.#refuse(reference, problem, span);
      return undefined;
    }
    const id = target.join(".");
    if (this.#open.has(id)) {
      this.#refuse(reference, "it refers to itself", span);
      return undefined;
    }
    const found = nodeAt(this.#root, target);
    const value = found ? undefined : this.#fallback(target);
    if (!found && value === undefined) {
      this.#refuse(reference, `there is no \`${id}\``, span);
      return undefined;
    }
    if (!found) return { kind: "scalar", value: value ?? null, text: String(value ?? ""), span };
    this.#open.add(id);
    const resolved = this.#node(found, target);
    this.#open.delete(id);
    return resolved;
  }

  #refuse(reference: string, problem: string, span: Span): void {
    const shown = reference.includes("${") ? reference : `\${${reference}}`;
    this.#refusals.report("LV5009", { reference: shown, problem }, span);
  }
}

function environmentReference(reference: string): EnvironmentReference | undefined {
  const match = /^oc\.env:\s*['"]?(\w+)['"]?\s*(?:,\s*(.*?)\s*)?$/s.exec(reference);
  if (!match) return undefined;
  const [, variable = "", otherwise] = match;
  return { variable, otherwise: otherwise?.replace(/^(['"])(.*)\1$/s, "$2") };
}

function targetOf(reference: string, path: readonly string[]): readonly string[] | undefined {
  const match = /^(\.*)([\w$.[\]/ -]+)$/.exec(reference.trim());
  if (!match) return undefined;
  const [, dots = "", rest = ""] = match;
  const keys = rest.replace(/\[(\w+)\]/g, ".$1").split(".");
  if (keys.some((key) => key === "")) return undefined;
  // One dot is the mapping around the value, each further one the mapping around that.
  return dots === "" ? keys : [...path.slice(0, Math.max(0, path.length - dots.length)), ...keys];
}

function nodeAt(root: YamlNode, path: readonly string[]): YamlNode | undefined {
  let node: YamlNode | undefined = root;
  for (const key of path) {
    if (node?.kind === "map") node = entryOf(node, key)?.value;
    else if (node?.kind === "list") node = node.items[Number(key)];
    else return undefined;
  }
  return node;
}

/** The text between the markers, and what stands at each. */
function partsOf(text: string, references: readonly EnvironmentReference[]): TextParts {
  // The innermost and leftmost reference is found first, so that markers and references have one order.
  return text.split(marker).flatMap((piece, at) => {
    const reference = at === 0 ? undefined : references[at - 1];
    return [...(reference ? [reference] : []), ...(piece === "" ? [] : [piece])];
  });
}
