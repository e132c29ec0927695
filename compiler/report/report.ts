import type { Diagnostic, Severity, SourceText } from "../../grammar/index.ts";
import type { Suppressed } from "../lint/index.ts";

/** What a command has to say about the files that it read. */
export interface Report {
  /** In the order in which they are shown. */
  readonly diagnostics: readonly Diagnostic[];
  /** The sources that diagnostics point into, by their path. */
  readonly sources: ReadonlyMap<string, SourceText>;
  /** How many files the user asked for. */
  readonly numFiles: number;
  /** How many diagnostics people are shown at most; programs are given all of them. */
  readonly maxShown?: number | undefined;
  /** Findings that are not shown, because a comment or the baseline says so. */
  readonly suppressed?: readonly Suppressed[];
}

/** How many diagnostics there are of each severity. */
export function countSeverities(diagnostics: readonly Diagnostic[]): Readonly<Record<Severity, number>> {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity } of diagnostics) counts[severity]++;
  return counts;
}

/** The closing line: "2 errors and 1 warning in 3 files". */
export function countsLine({ diagnostics, numFiles }: Report): string {
  const counts = countSeverities(diagnostics);
  const parts = (["error", "warning", "info"] as const)
    .filter((severity) => counts[severity] > 0)
    .map((severity) => plural(counts[severity], severity === "info" ? "hint" : severity));
  return `${parts.length > 0 ? parts.join(" and ") : "no problems"} in ${plural(numFiles, "file")}`;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
