import type { Diagnostic } from "../../grammar/index.ts";
import { countsLine, type Report } from "./report.ts";

const commands = { error: "error", warning: "warning", info: "notice" } as const;

/** Diagnostics as GitHub's workflow commands, which annotate the lines of a pull request. */
export function githubReport(report: Report): string {
  return [
    ...report.diagnostics.map((diagnostic) => annotation(diagnostic, report)),
    countsLine(report),
    "",
  ].join("\n");
}

function annotation(diagnostic: Diagnostic, { sources }: Report): string {
  const { code, slug, severity, message, path, span, notes, fixes } = diagnostic;
  const source = sources.get(path);
  const start = source?.positionAt(span.start) ?? { line: 1, column: 1 };
  const end = source?.positionAt(span.end) ?? start;
  const properties = {
    file: path,
    line: start.line,
    endLine: end.line,
    // GitHub takes columns only of an annotation on one line.
    ...(start.line === end.line && { col: start.column, endColumn: end.column }),
    title: `${code} ${slug}`,
  };
  const written = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  const text = [message, ...notes, ...fixes.map(({ title }) => `fix: ${title}`)].join("\n");
  return `::${commands[severity]} ${written.join(",")}::${escapeData(text)}`;
}

const escapeData = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
