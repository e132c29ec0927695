import {
  createDiagnostic,
  type Diagnostic,
  type Fix,
  type Label,
  type MessageParameters,
} from "../diagnostic.ts";
import type { SourceText, Span } from "../source.ts";
import { type SyntaxCode, syntaxMessages } from "./messages.ts";

/** Collects the syntax diagnostics of one file. */
export class SyntaxReporter {
  readonly source: SourceText;
  readonly diagnostics: Diagnostic[] = [];

  constructor(source: SourceText) {
    this.source = source;
  }

  report<C extends SyntaxCode>(
    code: C,
    parameters: MessageParameters<(typeof syntaxMessages)[C]>,
    span: Span,
    more: {
      readonly labels?: readonly Label[];
      readonly notes?: readonly string[];
      readonly fixes?: readonly Fix[];
    } = {},
  ): void {
    const place = { source: this.source, span, ...more };
    this.diagnostics.push(createDiagnostic(syntaxMessages, code, parameters, place));
  }
}

/** A fix of one edit that keeps the meaning for certain. */
export function safeFix(title: string, span: Span, text: string): Fix {
  return { title, applicability: "safe", edits: [{ span, text }] };
}

/** A fix of one edit that a person should look at. */
export function unsafeFix(title: string, span: Span, text: string): Fix {
  return { title, applicability: "unsafe", edits: [{ span, text }] };
}
