import { expect, it } from "vitest";
import { exitCodeOf } from "../../../compiler/cli/checking.ts";
import type { Diagnostic, Severity } from "../../../grammar/index.ts";

const about = (severity: Severity): Diagnostic => ({
  code: "LV4001",
  slug: "made-up",
  severity,
  message: "made up",
  path: "a.lavis",
  span: { start: 0, end: 1 },
  labels: [],
  notes: [],
  fixes: [],
});

it.each<[readonly Severity[], number | undefined, number]>([
  [[], undefined, 0],
  [["info", "info"], 0, 0],
  [["warning", "warning"], undefined, 0],
  [["warning", "warning"], 2, 0],
  [["warning", "warning"], 1, 1],
  [["warning"], 0, 1],
  [["error"], undefined, 1],
  [["error"], 5, 1],
])("%j with --max-warnings %s exits with %i", (severities, maxWarnings, code) => {
  expect(exitCodeOf({ diagnostics: severities.map(about) }, maxWarnings)).toBe(code);
});
