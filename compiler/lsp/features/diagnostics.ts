import {
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
  type Diagnostic as ProtocolDiagnostic,
} from "vscode-languageserver";
import type { Diagnostic, Severity, Span } from "../../../grammar/index.ts";
import { type Analysis, fileShownAs } from "../analysis.ts";
import { rangeOf } from "../text.ts";

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/** How paths and codes become addresses that the client can open. */
export interface Addresses {
  uriOf(path: string): string;
  /** Where a code is explained, if the client can show that. */
  explanationOf(code: string): string | undefined;
}

/** The diagnostics of a document and of the files that it imports, by the file's absolute path. */
export function diagnosticsByFile(
  analysis: Analysis,
  addresses: Addresses,
): ReadonlyMap<string, readonly ProtocolDiagnostic[]> {
  const byFile = new Map<string, ProtocolDiagnostic[]>([[analysis.path, []]]);
  for (const diagnostic of analysis.diagnostics) {
    const file = fileShownAs(analysis, diagnostic.path);
    // What stands in no file, such as a variable of the environment, is said where the document starts.
    const path = file?.path ?? analysis.path;
    const converted = convert(analysis, diagnostic, addresses);
    byFile.set(path, [...(byFile.get(path) ?? []), converted]);
  }
  return byFile;
}

function convert(analysis: Analysis, diagnostic: Diagnostic, addresses: Addresses): ProtocolDiagnostic {
  const { code, slug, severity, message, notes, path, span, labels } = diagnostic;
  const relatedInformation = labels.flatMap((label): DiagnosticRelatedInformation[] => {
    const file = fileShownAs(analysis, label.path ?? path);
    if (!file) return [];
    const location = { uri: addresses.uriOf(file.path), range: rangeOf(file.source, label.span) };
    return [{ location, message: label.message }];
  });
  const href = addresses.explanationOf(code);
  return {
    range: rangeIn(analysis, path, span),
    severity: severities[severity],
    code,
    source: "lavisc",
    message: [message, ...notes].join("\n"),
    ...(href !== undefined && { codeDescription: { href } }),
    // Editors fade what nothing uses.
    ...(slug.startsWith("unused-") && { tags: [DiagnosticTag.Unnecessary] }),
    ...(relatedInformation.length > 0 && { relatedInformation }),
  };
}

function rangeIn(analysis: Analysis, path: string, span: Span) {
  const file = fileShownAs(analysis, path);
  return file ? rangeOf(file.source, span) : rangeOf(analysis.source, { start: 0, end: 0 });
}
