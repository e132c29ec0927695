import { type DiagnosticCode, fillTemplate, type MessageDefinition } from "../../grammar/index.ts";
import type { Example } from "../diagnostics/index.ts";

/** An example in Markdown: what is wrong, what lavisc says about it and how to repair it, and the same as it should be. */
export function describeExample(
  code: DiagnosticCode,
  { severity, message, help }: MessageDefinition,
  { invalid, valid, given = {}, files = {}, configuration, language = "lavis" }: Example,
): string {
  const fill = (template: string) => fillTemplate(template, given);
  const said = [
    `${severity}[${code}]: ${fill(message)}`,
    ...(help === undefined ? [] : [`  = ${fill(help)}`]),
  ];
  const names = (snippet: string) => Object.keys(files).filter((path) => snippet.includes(path));
  const beside = names(invalid);
  // A file that only the right one names matters where it takes the place of another.
  const insteadOf = beside.length > 0 ? names(valid).filter((path) => !beside.includes(path)) : [];
  const show = (path: string) =>
    `where \`${path}\` is\n\n${fence(path.slice(path.lastIndexOf(".") + 1), files[path] ?? "")}`;
  return [
    configuration ? `With \`${JSON.stringify(configuration)}\` in lavisc.json,` : "For example,",
    fence(language, invalid),
    ...beside.map(show),
    "gives",
    fence("text", said.join("\n")),
    "Write instead",
    fence(language, valid),
    ...insteadOf.map(show),
  ].join("\n\n");
}

const fence = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
