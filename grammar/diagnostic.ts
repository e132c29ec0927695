/**
 * Diagnostics as plain data, and the typed table that they come from.
 *
 * A table entry holds a code's slug, its message template and its long explanation. The template's
 * placeholders (`"`{found}` cannot start a value"`) are the parameters that the call must give: a missing or
 * a misspelt one does not compile.
 */

import type { SourceText, Span } from "./source.ts";

export type Severity = "error" | "warning" | "info";

/**
 * `LV1xxx` syntax, `LV2xxx` names and types, `LV3xxx` meaning, `LV4xxx` lint, `LV5xxx` import, `LV6xxx` the world
 * around.
 */
export type DiagnosticCode = `LV${number}`;

/** What stands at a second place that matters to the diagnostic. */
export interface Label {
  readonly span: Span;
  readonly message: string;
  /** The file of the span where it is not the diagnostic's own. */
  readonly path?: string;
}

/** Replaces a span by a text: an empty span inserts, an empty text removes. */
export interface TextEdit {
  readonly span: Span;
  readonly text: string;
  /** The file of the span where it is not the diagnostic's own. */
  readonly path?: string;
}

/** A repair. A safe one keeps or restores the meaning for certain; an unsafe one needs a person's eye. */
export interface Fix {
  readonly title: string;
  readonly applicability: "safe" | "unsafe";
  /** In order of their places and without overlap. */
  readonly edits: readonly TextEdit[];
}

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly slug: string;
  readonly severity: Severity;
  /** One line: what is wrong. */
  readonly message: string;
  readonly path: string;
  readonly span: Span;
  readonly labels: readonly Label[];
  /** Why it matters and how to repair it. */
  readonly notes: readonly string[];
  readonly fixes: readonly Fix[];
}

/** One entry of a message table. */
export interface MessageDefinition {
  readonly slug: string;
  readonly severity: Severity;
  /** One line with `{placeholders}`. */
  readonly message: string;
  /** How to repair it, in one line with `{placeholders}`; becomes the diagnostic's first note. */
  readonly help?: string;
  /** What `lavisc explain CODE` prints, in Markdown. */
  readonly explanation: string;
}

export type MessageTable = { readonly [code: DiagnosticCode]: MessageDefinition };

/** The names of the placeholders of a template. */
export type Placeholders<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

type HelpOf<D extends MessageDefinition> = D extends { readonly help: infer H extends string } ? H : "";

/** The parameters that a message of the table needs. */
export type MessageParameters<D extends MessageDefinition> = {
  readonly [Name in Placeholders<D["message"]> | Placeholders<HelpOf<D>>]: string | number;
};

/** Where a diagnostic points, and what else it carries. */
export interface DiagnosticPlace {
  readonly source: SourceText;
  readonly span: Span;
  readonly labels?: readonly Label[];
  /** Notes after the table's help. */
  readonly notes?: readonly string[];
  readonly fixes?: readonly Fix[];
}

/** A message table with its literal types kept. */
export function defineMessages<const T extends MessageTable>(table: T): T {
  return table;
}

/** Makes a diagnostic of a table's code: fills the template and the help with the parameters. */
export function createDiagnostic<C extends DiagnosticCode, T extends Readonly<Record<C, MessageDefinition>>>(
  table: T,
  code: C,
  parameters: MessageParameters<T[C]>,
  place: DiagnosticPlace,
): Diagnostic {
  const { slug, severity, message, help }: MessageDefinition = table[code];
  const fill = (template: string) => fillTemplate(template, parameters);
  return {
    code,
    slug,
    severity,
    message: fill(message),
    path: place.source.path,
    span: place.span,
    labels: place.labels ?? [],
    notes: [...(help === undefined ? [] : [fill(help)]), ...(place.notes ?? []).map(shorten)],
    fixes: place.fixes ?? [],
  };
}

/** A message quotes names of any length: as many characters of a parameter or a note as this are kept. */
const longestPart = 1_000;

const shorten = (text: string): string =>
  text.length > longestPart ? `${text.slice(0, longestPart)}…` : text;

/** Replaces each `{name}` that has a parameter by its value, of a very long one the beginning; other braces stay. */
export function fillTemplate(
  template: string,
  parameters: Readonly<Record<string, string | number>>,
): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(parameters, name) ? shorten(String(parameters[name])) : whole,
  );
}

/** Diagnostics by place, then by code; of several, the one that starts first comes first. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) ||
    a.span.start - b.span.start ||
    a.span.end - b.span.end ||
    (a.code < b.code ? -1 : a.code > b.code ? 1 : 0)
  );
}

/**
 * Applies edits to a text. Edits that overlap an earlier one are left out, so that fixes of several
 * diagnostics can be applied together and the rest in a second round.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let result = "";
  let at = 0;
  for (const edit of ordered) {
    if (edit.span.start < at) continue;
    result += text.slice(at, edit.span.start) + edit.text;
    at = edit.span.end;
  }
  return result + text.slice(at);
}
