import type { DiagnosticCode, MessageDefinition } from "../../../grammar/index.ts";
import { allMessages, explanationText } from "../../explain/index.ts";
import { joinParts } from "../pages.ts";
import type { ReferencePage } from "./components.ts";

interface Group {
  readonly path: string;
  readonly title: string;
  readonly intro: string;
}

/** The pages of diagnostics, by the start of their codes. */
export const diagnosticGroups: Readonly<Record<string, Group>> = {
  LV1: {
    path: "diagnostics/syntax.md",
    title: "Syntax",
    intro: "What cannot be read. One mistake never hides the rest of the file.",
  },
  LV2: {
    path: "diagnostics/names-and-types.md",
    title: "Names and types",
    intro: "What a name stands for, and whether a value fits its option.",
  },
  LV3: {
    path: "diagnostics/meaning.md",
    title: "Meaning",
    intro: "What cannot work although each value is right: found here rather than after an hour on a GPU.",
  },
  LV4: {
    path: "diagnostics/lint-rules.md",
    title: "Lint rules",
    intro:
      "What works and is probably not what was meant. The level of each rule is set in [lavisc.json](../configuration.md); " +
      "`// lavisc-ignore SLUG: reason` covers the next item.",
  },
  LV5: {
    path: "diagnostics/import.md",
    title: "Import",
    intro: "What `lavisc import` refuses, or leaves to you.",
  },
  LV6: {
    path: "diagnostics/probe.md",
    title: "Probe",
    intro: "What `lavisc check --probe` finds out about files, checkpoints, disks and devices.",
  },
};

/** A page for each group of codes, each code with the text of `lavisc explain CODE`. */
export function diagnosticPages(): readonly ReferencePage[] {
  const codes = (Object.entries(allMessages) as [DiagnosticCode, MessageDefinition][]).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const homeless = codes.find(
    ([code]) => !Object.keys(diagnosticGroups).some((start) => code.startsWith(start)),
  );
  if (homeless) throw new Error(`${homeless[0]} belongs to no page`);
  return Object.entries(diagnosticGroups).map(([start, { path, title, intro }]) => {
    const own = codes.filter(([code]) => code.startsWith(start));
    const contents = own
      .map(([code, { slug }]) => `- [${code} ${slug}](#${anchorOf(code, slug)})`)
      .join("\n");
    const text = joinParts([`# ${title}`, intro, contents, ...own.map((entry) => section(...entry))]);
    return { path, section: "Diagnostics", text: `${text}\n` };
  });
}

/** The anchor that a heading `LV2001 unknown-name` gets. */
const anchorOf = (code: DiagnosticCode, slug: string): string =>
  `${code} ${slug}`.toLowerCase().replaceAll(" ", "-");

function section(code: DiagnosticCode, definition: MessageDefinition): string {
  const { slug, severity } = definition;
  return `## ${code} ${slug}\n\n**${severity}**\n\n${explanationText(code, definition)}`;
}
