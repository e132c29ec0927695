import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { Diagnostic, Fix, Severity, SourceText, Span, TextEdit } from "../../grammar/index.ts";
import { allMessages, explanationText } from "../explain/code.ts";
import { fingerprintsOf, type Suppressed } from "../lint/index.ts";
import { ownPackage } from "../package.ts";
import type { Report } from "./report.ts";

const levels: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "note" };
const kinds: Readonly<Record<Suppressed["by"], string>> = { comment: "inSource", baseline: "external" };
/** The folder that relative URIs are relative to, by the name that GitHub gives it. */
const root = "%SRCROOT%";

/**
 * Diagnostics as a SARIF 2.1.0 log (OASIS, Static Analysis Results Interchange Format). URIs are relative to the
 * folder that lavisc ran in, which the log does not name, so that it is the same on every machine.
 */
export function sarifReport(report: Report): string {
  const { diagnostics, sources, suppressed = [] } = report;
  const all = [...diagnostics, ...suppressed.map(({ diagnostic }) => diagnostic)];
  const codes = [...new Set(all.map(({ code }) => code))].sort();
  const fingerprints = fingerprintsOf(all, sources, (path) => path);
  const { version } = ownPackage();
  const context = { sources, codes, fingerprints };
  const run = {
    tool: {
      driver: { name: "lavisc", version, semanticVersion: version, rules: codes.map(ruleOf) },
    },
    invocations: [{ executionSuccessful: true }],
    originalUriBaseIds: { [root]: { description: { text: "The folder that lavisc ran in." } } },
    columnKind: "utf16CodeUnits",
    results: [
      ...diagnostics.map((diagnostic) => ({
        ...resultOf(diagnostic, context),
        // Where some results are suppressed, the others say that they are not.
        ...(suppressed.length > 0 && { suppressions: [] }),
      })),
      ...suppressed.map(({ diagnostic, by, reason }) => ({
        ...resultOf(diagnostic, context),
        suppressions: [{ kind: kinds[by], justification: reason }],
      })),
    ],
  };
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [run],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

interface Context {
  readonly sources: ReadonlyMap<string, SourceText>;
  readonly codes: readonly Diagnostic["code"][];
  readonly fingerprints: ReadonlyMap<Diagnostic, string>;
}

function ruleOf(code: Diagnostic["code"]) {
  const definition = allMessages[code];
  if (!definition) throw new Error(`${code} is in no table of messages`);
  const { slug, explanation, severity } = definition;
  const text = explanationText(code, definition);
  return {
    id: code,
    name: slug.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: slug.replaceAll("-", " ") },
    fullDescription: { text: explanation },
    help: { text, markdown: text },
    defaultConfiguration: { level: levels[severity] },
  };
}

function resultOf(diagnostic: Diagnostic, { sources, codes, fingerprints }: Context) {
  const { code, severity, message, path, span, labels, notes, fixes } = diagnostic;
  const place = (file: string, where: Span) => ({
    artifactLocation: artifactOf(file),
    region: regionOf(sources.get(file), where),
  });
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: levels[severity],
    message: { text: [message, ...notes].join("\n") },
    locations: [{ physicalLocation: place(path, span) }],
    ...(labels.length > 0 && {
      relatedLocations: labels.map((label, id) => ({
        id,
        message: { text: label.message },
        physicalLocation: place(label.path ?? path, label.span),
      })),
    }),
    partialFingerprints: { "lavisc/v1": fingerprints.get(diagnostic) ?? "" },
    ...(fixes.length > 0 && { fixes: fixes.map((fix) => fixOf(fix, path, sources)) }),
  };
}

function fixOf({ title, applicability, edits }: Fix, own: string, sources: Context["sources"]) {
  const byPath = new Map<string, TextEdit[]>();
  for (const edit of edits) {
    const path = edit.path ?? own;
    byPath.set(path, [...(byPath.get(path) ?? []), edit]);
  }
  return {
    description: { text: title },
    artifactChanges: [...byPath].map(([path, changes]) => ({
      artifactLocation: artifactOf(path),
      replacements: changes.map(({ span, text }) => ({
        deletedRegion: regionOf(sources.get(path), span),
        insertedContent: { text },
      })),
    })),
    properties: { applicability },
  };
}

function artifactOf(path: string) {
  if (isAbsolute(path)) return { uri: pathToFileURL(path).href };
  const segments = path.split(/[\\/]/).map(encodeURIComponent);
  return { uri: segments.join("/"), uriBaseId: root };
}

/** Lines and columns from 1, ends exclusive, in UTF-16 units. */
function regionOf(source: SourceText | undefined, { start, end }: Span) {
  if (!source) return { startLine: 1 };
  const [first, last] = [source.positionAt(start), source.positionAt(end)];
  return {
    startLine: first.line,
    startColumn: first.column,
    endLine: last.line,
    endColumn: last.column,
    charOffset: start,
    charLength: end - start,
  };
}
