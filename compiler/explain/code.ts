import {
  type DiagnosticCode,
  fillTemplate,
  type MessageDefinition,
  type MessageTable,
  syntaxMessages,
} from "../../grammar/index.ts";
import { type Example, messages, suggestionsFor } from "../diagnostics/index.ts";
import { importMessages } from "../import-yaml/messages.ts";
import { findRule, lintMessages } from "../lint/index.ts";
import { probeMessages } from "../probe/messages.ts";
import { describeExample } from "./describe-example.ts";
import { examples } from "./examples/index.ts";

/** What `lavisc explain LV2104` prints. */
export interface ExplainedCode {
  readonly code: DiagnosticCode;
  readonly slug: string;
  readonly severity: MessageDefinition["severity"];
  /** Markdown: why, an example with what is said about it, and how it is right. */
  readonly explanation: string;
}

/** Every diagnostic's definition by its code: syntax, names and types, meaning, lint, import, the world. */
export const allMessages: MessageTable = {
  ...syntaxMessages,
  ...messages,
  ...lintMessages,
  ...importMessages,
  ...probeMessages,
};

/** The long text of a code or a slug, in any letter case; undefined where there is none. */
export function explainCode(subject: string): ExplainedCode | undefined {
  const wanted = subject.toLowerCase();
  for (const [code, definition] of entries())
    if (code.toLowerCase() === wanted || definition.slug === wanted) {
      const { slug, severity } = definition;
      return { code, slug, severity, explanation: explanationText(code, definition) };
    }
  return undefined;
}

/** The long text of a diagnostic, in Markdown: why, an example with what is said about it, and how it is right. */
export function explanationText(code: DiagnosticCode, definition: MessageDefinition): string {
  return `${definition.explanation.trim()}\n\n${describeExample(code, definition, exampleOf(code))}`;
}

/** What gives a diagnostic, and the same as it should be. Throws where there is none: every code has one. */
export function exampleOf(code: DiagnosticCode): Example {
  const example = findRule(code)?.example ?? examples[code];
  if (!example) throw new Error(`${code} has no example`);
  return example;
}

/** The message of a diagnostic as its example gives it. */
export const shownMessage = (code: DiagnosticCode, { message }: MessageDefinition): string =>
  fillTemplate(message, exampleOf(code).given ?? {});

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
