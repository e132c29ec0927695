import { checkRecipe } from "../../../compiler/check-recipe.ts";
import { defaultSettings, type LintResult, type LintSettings, lint } from "../../../compiler/lint/index.ts";
import { memoryHost } from "../../../compiler/program/index.ts";

/** Lints files of memory: those that are named, or all. */
export function lintFiles(
  files: Readonly<Record<string, string>>,
  settings?: Partial<LintSettings>,
  entries: readonly string[] = Object.keys(files),
): LintResult {
  const host = memoryHost(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`/${name}`, text])),
  );
  return lint(
    entries.map((name) => {
      const { program, partial, diagnostics } = checkRecipe(host, `/${name}`);
      if ("problem" in program) throw new Error(`${name} ${program.problem}`);
      const all = { ...defaultSettings, ...settings };
      return { program, partial, diagnostics, settings: all };
    }),
  );
}

/** Lints one text. */
export const lintText = (text: string, settings?: Partial<LintSettings>): LintResult =>
  lintFiles({ "r.lavis": text }, settings);

/** The findings as lines: `LV4012 nothing in this file uses `size``. */
export const findings = ({ findings: found }: LintResult): string[] =>
  found.map(({ code, message }) => `${code} ${message}`);
