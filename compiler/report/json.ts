import type { Span } from "../../grammar/index.ts";
import { countSeverities, type Report } from "./report.ts";

/**
 * Diagnostics for programs: one JSON object, `version` 1. Lines and columns start at 1, columns and offsets
 * count UTF-16 units, ends are exclusive.
 */
export function jsonReport(report: Report): string {
  const { diagnostics, sources, numFiles } = report;
  const place = (path: string, { start, end }: Span) => {
    const at = (offset: number) => ({ ...sources.get(path)?.positionAt(offset), offset });
    return { path, start: at(start), end: at(end) };
  };
  const counts = countSeverities(diagnostics);
  const value = {
    version: 1,
    summary: { files: numFiles, errors: counts.error, warnings: counts.warning, hints: counts.info },
    diagnostics: diagnostics.map(({ code, slug, severity, message, path, span, labels, notes, fixes }) => ({
      code,
      slug,
      severity,
      message,
      ...place(path, span),
      labels: labels.map((label) => ({ ...place(label.path ?? path, label.span), message: label.message })),
      notes,
      fixes: fixes.map(({ title, applicability, edits }) => ({
        title,
        applicability,
        edits: edits.map((edit) => ({ ...place(edit.path ?? path, edit.span), text: edit.text })),
      })),
    })),
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
