import type { SourceText, Span } from "../../grammar/index.ts";

/** A JSON value with where it stands. */
export type JsonNode =
  | { readonly kind: "object"; readonly span: Span; readonly members: readonly JsonMember[] }
  | { readonly kind: "array"; readonly span: Span; readonly elements: readonly JsonNode[] }
  | { readonly kind: "string"; readonly span: Span; readonly value: string }
  | { readonly kind: "number"; readonly span: Span; readonly value: number }
  | { readonly kind: "boolean"; readonly span: Span; readonly value: boolean }
  | { readonly kind: "null"; readonly span: Span };

export interface JsonMember {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: JsonNode;
}

/** A text is no JSON: what was found at an offset instead of what. */
export class JsonError extends Error {
  override readonly name = "JsonError";
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Deeper nesting is no configuration, and would exhaust the stack. */
const deepest = 100;

/** Reads strict JSON (RFC 8259), keeping places, which `JSON.parse` does not. Throws {@link JsonError}. */
export function parseJson({ text }: SourceText): JsonNode {
  let at = text.startsWith("\ufeff") ? 1 : 0;
  const value = readValue(0);
  skipSpace();
  if (at < text.length) fail("the end of the file");
  return value;

  function readValue(depth: number): JsonNode {
    skipSpace();
    const start = at;
    if (depth > deepest) throw new JsonError("nested too deeply", start);
    switch (text[at]) {
      case "{":
        return readObject(depth);
      case "[":
        return readArray(depth);
      case '"':
        return { kind: "string", value: readString(), span: { start, end: at } };
      default:
        return readWord();
    }
  }

  function readObject(depth: number): JsonNode {
    const start = at++;
    const members: JsonMember[] = [];
    skipSpace();
    while (text[at] !== "}") {
      if (members.length > 0) expect(",", "`,` or `}`");
      skipSpace();
      const keyStart = at;
      if (text[at] !== '"') fail("a key in double quotes");
      const key = readString();
      const keySpan = { start: keyStart, end: at };
      skipSpace();
      expect(":", "`:`");
      members.push({ key, keySpan, value: readValue(depth + 1) });
      skipSpace();
    }
    at++;
    return { kind: "object", members, span: { start, end: at } };
  }

  function readArray(depth: number): JsonNode {
    const start = at++;
    const elements: JsonNode[] = [];
    skipSpace();
    while (text[at] !== "]") {
      if (elements.length > 0) expect(",", "`,` or `]`");
      elements.push(readValue(depth + 1));
      skipSpace();
    }
    at++;
    return { kind: "array", elements, span: { start, end: at } };
  }

  function readString(): string {
    const raw = match(/"(?:[^"\\\n\r]|\\.)*"/y);
    if (raw === undefined) return fail("a string on one line, with its closing quote");
    try {
      const value: unknown = JSON.parse(raw);
      at += raw.length;
      return String(value);
    } catch {
      return fail("a string with valid escapes");
    }
  }

  function readWord(): JsonNode {
    const start = at;
    const word = match(/[\w.+-]+/y) ?? "";
    const span = { start, end: start + word.length };
    const isNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(word);
    if (!isNumber && !["true", "false", "null"].includes(word)) return fail("a value");
    at = span.end;
    if (isNumber) return { kind: "number", value: Number(word), span };
    return word === "null" ? { kind: "null", span } : { kind: "boolean", value: word === "true", span };
  }

  /** What a sticky expression matches here. */
  function match(expression: RegExp): string | undefined {
    expression.lastIndex = at;
    return expression.exec(text)?.[0];
  }

  function skipSpace(): void {
    while (at < text.length && " \t\n\r".includes(text[at] ?? "")) at++;
  }

  function expect(character: string, expected: string): void {
    if (text[at] !== character) fail(expected);
    at++;
  }

  function fail(expected: string): never {
    const found = at >= text.length ? "the end of the file" : `\`${text[at]}\``;
    throw new JsonError(`expected ${expected}, found ${found}`, at);
  }
}
