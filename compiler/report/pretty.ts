import type { Diagnostic, Label, Severity, SourceText } from "../../grammar/index.ts";
import { codeFrame, type Mark } from "./code-frame.ts";
import { fixLines } from "./fix-lines.ts";
import { countsLine, type Report } from "./report.ts";
import type { Style } from "./style.ts";

/**
 * Diagnostics for people: a headline, the place with a code frame, notes, and each fix as a small diff;
 * at the end a line of counts.
 */
export function prettyReport(report: Report, style: Style): string {
  const shown = mostSevere(report.diagnostics, report.maxShown ?? report.diagnostics.length);
  const blocks = shown.map((diagnostic) => prettyDiagnostic(diagnostic, report.sources, style));
  const numMore = report.diagnostics.length - shown.length;
  const more = numMore === 0 ? [] : [`${numMore} more are not shown: --max-diagnostics=all shows them\n`];
  return [...blocks, ...more, `${countsLine(report)}\n`].join("\n");
}

const ranks: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** At most so many diagnostics, errors before all others, in the order in which they were. */
function mostSevere(diagnostics: readonly Diagnostic[], count: number): readonly Diagnostic[] {
  if (diagnostics.length <= count) return diagnostics;
  const bySeverity = [...diagnostics].sort((a, b) => ranks[a.severity] - ranks[b.severity]);
  const kept = new Set(bySeverity.slice(0, count));
  return diagnostics.filter((one) => kept.has(one));
}

function prettyDiagnostic(
  diagnostic: Diagnostic,
  sources: ReadonlyMap<string, SourceText>,
  style: Style,
): string {
  const { code, slug, severity, message, path, span, labels, notes, fixes } = diagnostic;
  const paint = style[severity];
  const name = severity === "info" ? "hint" : severity;
  const lines = [`${paint(`${name}[${code}]`)}${style.bold(`: ${message}`)} ${style.quiet(`(${slug})`)}`];

  const places = [
    { path, span, message: "", isPrimary: true },
    ...labels.map((label) => secondary(label, path)),
  ];
  const gutter = gutterWidth(places, sources);
  for (const file of new Set(places.map((place) => place.path))) {
    const source = sources.get(file);
    const marks = places.filter((place) => place.path === file);
    const arrow = style.quiet(`${" ".repeat(gutter)}${file === path ? "-->" : ":::"}`);
    const { line, column } = source?.positionAt(marks[0]?.span.start ?? 0) ?? { line: 1, column: 1 };
    lines.push(`${arrow} ${file}:${line}:${column}`);
    if (source)
      lines.push(style.quiet(`${" ".repeat(gutter)} |`), ...codeFrame(source, marks, gutter, style, paint));
  }
  for (const note of notes) {
    const [first = "", ...rest] = note.split("\n");
    const indent = " ".repeat(gutter);
    lines.push(`${indent} ${style.quiet("=")} ${first}`, ...rest.map((line) => `${indent}   ${line}`));
  }
  for (const fix of fixes) {
    const caution = fix.applicability === "unsafe" ? " (look at it before you take it)" : "";
    lines.push(`${style.info("fix")}: ${fix.title}${caution}`);
    lines.push(...fixLines(path, fix, sources, gutter, style));
  }
  return `${lines.join("\n")}\n`;
}

const secondary = ({ span, message, path }: Label, own: string): Mark & { readonly path: string } => ({
  path: path ?? own,
  span,
  message,
  isPrimary: false,
});

/** The width of the largest line number that the diagnostic shows. */
function gutterWidth(
  places: readonly (Mark & { readonly path: string })[],
  sources: ReadonlyMap<string, SourceText>,
): number {
  const last = places.map(({ path, span }) => sources.get(path)?.positionAt(span.end).line ?? 1);
  return String(Math.max(...last)).length;
}
