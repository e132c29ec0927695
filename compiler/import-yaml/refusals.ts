import {
  compareDiagnostics,
  createDiagnostic,
  type Diagnostic,
  type Label,
  type MessageParameters,
  type SourceText,
  type Span,
} from "../../grammar/index.ts";
import { importMessages } from "./messages.ts";

type Messages = typeof importMessages;

/** Why a YAML file cannot be imported: each reason has its place in the file. */
export class Refusals {
  readonly source: SourceText;
  readonly #diagnostics: Diagnostic[] = [];

  constructor(source: SourceText) {
    this.source = source;
  }

  report<C extends keyof Messages>(
    code: C,
    parameters: MessageParameters<Messages[C]>,
    span: Span,
    extra: { readonly notes?: readonly string[]; readonly labels?: readonly Label[] } = {},
  ): void {
    const place = { source: this.source, span, ...extra };
    this.#diagnostics.push(createDiagnostic(importMessages, code, parameters, place));
  }

  get isEmpty(): boolean {
    return this.#diagnostics.length === 0;
  }

  /** In the order of their places. */
  all(): readonly Diagnostic[] {
    return [...this.#diagnostics].sort(compareDiagnostics);
  }
}
