import {
  type DiagnosticCode,
  type MessageDefinition,
  type MessageTable,
  syntaxMessages,
} from "../../grammar/index.ts";
import { type Example, messages, suggestionsFor } from "../diagnostics/index.ts";
import { importMessages } from "../import-yaml/messages.ts";
import { findRule, lintMessages } from "../lint/index.ts";
import { probeMessages } from "../probe/messages.ts";
import { examples } from "./examples/index.ts";

/** What `lavisc explain LV2104` prints. */
export interface ExplainedCode {
  readonly code: DiagnosticCode;
  readonly slug: string;
  readonly severity: MessageDefinition["severity"];
  readonly message: string;
  /** Markdown: why, how to repair it, an example. */
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
      const { slug, severity, message } = definition;
      return { code, slug, severity, message, explanation: explanationText(code, definition) };
    }
  return undefined;
}

/** The long text of a diagnostic, in Markdown: why, how to repair it, and an example, unless the first part shows one. */
export function explanationText(code: DiagnosticCode, { help, explanation }: MessageDefinition): string {
  const repair = help === undefined ? [] : [`To repair it: ${help.replace(/\{(\w+)\}/g, "…")}`];
  const example = exampleOf(code);
  const shown = example && !explanation.includes("```") ? [describeExample(example)] : [];
  return [explanation.trim(), ...repair, ...shown].join("\n\n");
}

/** What gives a diagnostic, and the same as it should be. */
export const exampleOf = (code: DiagnosticCode): Example | undefined =>
  findRule(code)?.example ?? examples[code];

function describeExample({ invalid, valid, configuration, isCommand = false }: Example): string {
  const fence = (text: string) => `\`\`\`${isCommand ? "sh" : "lavis"}\n${text.trimEnd()}\n\`\`\``;
  const under = configuration
    ? `With \`${JSON.stringify(configuration)}\` in lavisc.json, instead of`
    : "Instead of";
  return `${under}\n\n${fence(invalid)}\n\nwrite\n\n${fence(valid)}`;
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
