import {
  compareDiagnostics,
  createDiagnostic,
  type Diagnostic,
  type Fix,
  type Label,
  type MessageParameters,
  type SourceText,
} from "../../grammar/index.ts";
import type { Place } from "../resolve/resolved.ts";
import { type MessageCode, type Messages, messages } from "./messages/index.ts";

/** What a diagnostic may carry beside its message. */
export interface Extra {
  readonly labels?: readonly Label[];
  readonly notes?: readonly string[];
  readonly fixes?: readonly Fix[];
}

/** Collects diagnostics; the same one reported twice (from a recipe and from one that extends it) counts once. */
export class DiagnosticCollector {
  readonly #diagnostics = new Map<string, Diagnostic>();
  readonly #sources = new Set<SourceText>();

  /** Reports a message of the table at a place; a missing or misspelt parameter does not compile. */
  report<C extends MessageCode>(
    code: C,
    parameters: MessageParameters<Messages[C]>,
    place: Place,
    extra: Extra = {},
  ): void {
    this.add(createDiagnostic(messages, code, parameters, { ...place, ...extra }), place.source);
  }

  /** Adds a diagnostic that was made elsewhere, such as by the parser, about a text. */
  add(diagnostic: Diagnostic, source: SourceText): void {
    this.#sources.add(source);
    const { code, path, span, message } = diagnostic;
    const key = `${code} ${path} ${span.start} ${span.end} ${message}`;
    if (!this.#diagnostics.has(key)) this.#diagnostics.set(key, diagnostic);
  }

  /** Adds what another has collected. */
  addAll(other: DiagnosticCollector): void {
    const sources = new Map([...other.#sources].map((source) => [source.path, source]));
    for (const diagnostic of other.#diagnostics.values()) {
      const source = sources.get(diagnostic.path);
      if (source) this.add(diagnostic, source);
    }
  }

  get hasErrors(): boolean {
    return [...this.#diagnostics.values()].some(({ severity }) => severity === "error");
  }

  /** The texts that were reported about. */
  sources(): Iterable<SourceText> {
    return this.#sources;
  }

  /** In the order of their places. */
  all(): readonly Diagnostic[] {
    return [...this.#diagnostics.values()].sort(compareDiagnostics);
  }
}

/** A label at a place, which may lie in another file than the diagnostic. */
export function labelAt(place: Place, message: string): Label {
  return { span: place.span, path: place.source.path, message };
}
