import {
  type Declaration,
  type Diagnostic,
  type Expression,
  parse,
  SourceText,
  type Span,
} from "../../../grammar/index.ts";
import type { OptionType } from "../../../runtime/card.ts";
import type { DiagnosticCollector } from "../../diagnostics/index.ts";

/** A value that stands outside of a recipe file, such as `amp=true` behind `--set`. */
export interface TextValue {
  /** The text as given, under a name that says where it was given. */
  readonly source: SourceText;
  readonly expression: Expression;
}

const declarationStart = "let value = ";

/**
 * Reads the value in `text` from `start` on. Where a text is expected (strings, paths, URLs), it needs no
 * quotes. Undefined where it is no expression, which is reported.
 */
export function readTextValue(
  path: string,
  text: string,
  start: number,
  type: OptionType,
  diagnostics: DiagnosticCollector,
): TextValue | undefined {
  const source = new SourceText(text, path);
  const value = text.slice(start);
  const span = { start, end: text.length };
  const isList = type.is === "list" && /^\s*\[/.test(value);
  if (isTextual(type) && !isList && !/^\s*(".*"|none)\s*$/.test(value)) {
    const part = { kind: "string-text", value, span } as const;
    return { source, expression: { kind: "string", parts: value === "" ? [] : [part], span } };
  }
  const { tree, diagnostics: found } = parse(new SourceText(`${declarationStart}${value}`, path));
  const offset = start - declarationStart.length;
  for (const one of found) diagnostics.add(shiftDiagnostic(one, offset, span), source);
  const [declaration, ...others] = tree.declarations;
  if (found.length > 0 || others.length > 0 || !isLet(declaration)) {
    if (found.length === 0)
      diagnostics.report("LV2101", { subject: path, expected: "one value", found: "this" }, { source, span });
    return undefined;
  }
  return { source, expression: shiftSpans(declaration.value, offset) };
}

/** Whether a value of a type is a text, or one text may stand for a list of them. */
const isTextual = (type: OptionType): boolean =>
  ["string", "path", "url", "checkpoint"].includes(type.is) ||
  (type.is === "list" && type.single === true && isTextual(type.of));

const isLet = (node: Declaration | undefined): node is Extract<Declaration, { kind: "let" }> =>
  node?.kind === "let";

/** A tree with every span moved. */
function shiftSpans<T>(node: T, offset: number): T {
  if (Array.isArray(node)) return node.map((item: unknown) => shiftSpans(item, offset)) as T;
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node).map(([key, value]: [string, unknown]) =>
    isSpanEntry(key, value)
      ? [key, { start: value.start + offset, end: value.end + offset }]
      : [key, shiftSpans(value, offset)],
  );
  return Object.fromEntries(entries) as T;
}

function isSpanEntry(key: string, value: unknown): value is Span {
  return /^(span|operatorSpan)$/.test(key) && typeof value === "object" && value !== null;
}

/** A diagnostic of the parser with its spans inside of the text that was given; its fixes no longer fit. */
function shiftDiagnostic(diagnostic: Diagnostic, offset: number, { start, end }: Span): Diagnostic {
  const clamp = (at: number) => Math.max(start, Math.min(at + offset, end));
  const move = (span: Span): Span => ({ start: clamp(span.start), end: clamp(span.end) });
  return {
    ...diagnostic,
    span: move(diagnostic.span),
    labels: diagnostic.labels.map((label) => ({ ...label, span: move(label.span) })),
    fixes: [],
  };
}
