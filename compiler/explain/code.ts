import {
  type DiagnosticCode,
  type MessageDefinition,
  type MessageTable,
  syntaxMessages,
} from "../../grammar/index.ts";
import { messages, suggestionsFor } from "../diagnostics/index.ts";
import { lintMessages } from "../lint/index.ts";

/** What `lavisc explain LV2104` prints. */
export interface ExplainedCode {
  readonly code: DiagnosticCode;
  readonly slug: string;
  readonly severity: MessageDefinition["severity"];
  readonly message: string;
  /** Markdown. */
  readonly explanation: string;
}

/** Every diagnostic's definition by its code: syntax, names and types, meaning, lint. */
export const allMessages: MessageTable = { ...syntaxMessages, ...messages, ...lintMessages };

/** The long text of a code or a slug, in any letter case; undefined where there is none. */
export function explainCode(subject: string): ExplainedCode | undefined {
  const wanted = subject.toLowerCase();
  for (const [code, definition] of entries())
    if (code.toLowerCase() === wanted || definition.slug === wanted) {
      const { slug, severity, message, explanation } = definition;
      return { code, slug, severity, message, explanation };
    }
  return undefined;
}

/** The codes and slugs that may have been meant. */
export function codesNear(subject: string): readonly string[] {
  const isCode = /^lv/i.test(subject);
  return suggestionsFor(
    subject,
    entries().map(([code, { slug }]) => (isCode ? code : slug)),
  );
}

const entries = (): readonly (readonly [DiagnosticCode, MessageDefinition])[] =>
  Object.entries(allMessages) as [DiagnosticCode, MessageDefinition][];
