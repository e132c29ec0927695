import type { Diagnostic } from "../../grammar/index.ts";
import type { Suppressed } from "./lint.ts";

/** A finding that a project knows of and does not want to see. */
export interface KnownFinding {
  readonly fingerprint: string;
  /** The rule's slug; this and the rest are for people who read the file. */
  readonly rule: string;
  /** Relative to the baseline's folder, with `/`. */
  readonly path: string;
  readonly message: string;
}

const version = 1;

/** The text of a baseline file, in an order that changes little from one to the next. */
export function baselineText(findings: readonly KnownFinding[]): string {
  const ordered = [...findings].sort((a, b) =>
    compare([a.path, a.rule, a.message, a.fingerprint], [b.path, b.rule, b.message, b.fingerprint]),
  );
  return `${JSON.stringify({ version, findings: ordered }, undefined, 2)}\n`;
}

function compare(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 ? 0 : (a[at] ?? "") < (b[at] ?? "") ? -1 : 1;
}

/** Reads a baseline file; undefined where it is none of this version. */
export function readBaseline(text: string): readonly KnownFinding[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value.version !== version || !Array.isArray(value.findings)) return undefined;
  const findings: readonly unknown[] = value.findings;
  return findings.every(isKnownFinding) ? findings : undefined;
}

function isKnownFinding(value: unknown): value is KnownFinding {
  const keys = ["fingerprint", "rule", "path", "message"];
  return isRecord(value) && keys.every((key) => typeof value[key] === "string");
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** Findings parted by what a baseline knows. */
export interface Parted {
  readonly findings: readonly Diagnostic[];
  readonly suppressed: readonly Suppressed[];
  /** What the baseline knows and nobody found any more. */
  readonly vanished: readonly KnownFinding[];
}

/** Takes out the findings that a baseline knows. */
export function partByBaseline(
  findings: readonly Diagnostic[],
  fingerprints: ReadonlyMap<Diagnostic, string>,
  known: readonly KnownFinding[],
): Parted {
  const wanted = new Set(known.map(({ fingerprint }) => fingerprint));
  const isKnown = (diagnostic: Diagnostic) => wanted.has(fingerprints.get(diagnostic) ?? "");
  const found = new Set(findings.map((one) => fingerprints.get(one)));
  return {
    findings: findings.filter((one) => !isKnown(one)),
    suppressed: findings
      .filter(isKnown)
      .map((diagnostic) => ({ diagnostic, by: "baseline", reason: "known in the baseline" })),
    vanished: known.filter(({ fingerprint }) => !found.has(fingerprint)),
  };
}
