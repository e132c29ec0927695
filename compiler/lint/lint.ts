import { compareDiagnostics, type Diagnostic, type SourceText } from "../../grammar/index.ts";
import type { CheckResult } from "../check-recipe.ts";
import type { Program, SourceFile } from "../program/index.ts";
import type { LintedFile, LintRule } from "./rule.ts";
import { unusedSuppression } from "./rules/suppression/unused-suppression.ts";
import { findRule, isErrorName, suppressibleRules, suppressionRules } from "./rules.ts";
import { stringsOf } from "./strings.ts";
import { SuppressionIndex, suppressionsOf } from "./suppressions.ts";
import { usageOf } from "./usage.ts";

/** What a finding of a rule counts as. */
export type Level = "off" | "warn" | "error";

/** How a project wants its recipes looked at. */
export interface LintSettings {
  /** By the rules' codes; a rule that is not there warns. */
  readonly levels: ReadonlyMap<string, Level>;
  /** Whether `// lavisc-ignore` has an effect. */
  readonly allowsSuppression: boolean;
  /** The memory of the device that recipes train on, bytes; undefined where nobody said. */
  readonly deviceMemory: number | undefined;
}

export const defaultSettings: LintSettings = {
  levels: new Map(),
  allowsSuppression: true,
  deviceMemory: undefined,
};

/** A recipe file that has been checked, and how to look at it. */
export interface LintInput extends Pick<CheckResult, "partial" | "diagnostics"> {
  readonly program: Program;
  readonly settings?: LintSettings;
}

/** A finding that is not shown, and why. */
export interface Suppressed {
  readonly diagnostic: Diagnostic;
  /** A comment in the recipe, or the baseline. */
  readonly by: "comment" | "baseline";
  readonly reason: string;
}

export interface LintResult {
  /** In the order of their places. */
  readonly findings: readonly Diagnostic[];
  readonly suppressed: readonly Suppressed[];
}

/**
 * Asks every lint rule about some recipe files. They are looked at together, because what one declares another
 * may import, and what one ignores may be found from another.
 */
export function lint(inputs: readonly LintInput[]): LintResult {
  const run = new LintRun(inputs);
  return run.result();
}

class LintRun {
  readonly #inputs: readonly LintInput[];
  readonly #findings = new Map<string, Diagnostic>();
  readonly #suppressed = new Map<string, Suppressed>();
  /** By the absolute path of their file. */
  readonly #suppressions = new Map<string, SuppressionIndex>();
  readonly #imported: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(inputs: readonly LintInput[]) {
    this.#inputs = inputs;
    this.#imported = importedNames(inputs);
  }

  result(): LintResult {
    const files = this.#inputs.map((input) => ({ input, file: this.#view(input) }));
    for (const { input, file } of files) {
      for (const rule of suppressibleRules) this.#ask(rule, file, input, true);
      for (const rule of suppressionRules) this.#ask(rule, file, input, false);
    }
    for (const { input, file } of files)
      this.#ask(unusedSuppression, { ...file, unusedSuppressions: this.#unused(file) }, input, false);
    return {
      findings: [...this.#findings.values()].sort(compareDiagnostics),
      suppressed: [...this.#suppressed.values()].sort((a, b) =>
        compareDiagnostics(a.diagnostic, b.diagnostic),
      ),
    };
  }

  #view({ program, partial, diagnostics, settings = defaultSettings }: LintInput): LintedFile {
    const { entry } = program;
    const hasSyntaxErrors = diagnostics.some(
      ({ code, path }) => code.startsWith("LV1") && path === entry.source.path,
    );
    return {
      program,
      partial,
      isUsed: usageOf(entry, hasSyntaxErrors),
      strings: stringsOf(entry),
      importedElsewhere: this.#imported.get(entry.path) ?? new Set(),
      suppressions: this.#suppressionsIn(entry).suppressions,
      allowsSuppression: settings.allowsSuppression,
      deviceMemory: settings.deviceMemory,
      unusedSuppressions: [],
      ruleNamed: (subject) =>
        findRule(subject, suppressibleRules) ? "rule" : isErrorName(subject) ? "error" : undefined,
      ruleSlugs: suppressibleRules.map(({ slug }) => slug),
    };
  }

  #suppressionsIn(file: SourceFile): SuppressionIndex {
    const known = this.#suppressions.get(file.path) ?? new SuppressionIndex(suppressionsOf(file));
    this.#suppressions.set(file.path, known);
    return known;
  }

  #ask(rule: LintRule, file: LintedFile, { program, settings }: LintInput, canBeIgnored: boolean): void {
    const { levels, allowsSuppression } = settings ?? defaultSettings;
    const level = levels.get(rule.code) ?? "warn";
    if (level === "off") return;
    rule.check(file, (found, source) => {
      const diagnostic: Diagnostic = level === "error" ? { ...found, severity: "error" } : found;
      const key = [found.code, found.path, found.span.start, found.span.end, found.message].join(" ");
      const reason =
        canBeIgnored && allowsSuppression
          ? this.#reasonToIgnore(rule, diagnostic, program, source)
          : undefined;
      if (reason === undefined) this.#findings.set(key, this.#findings.get(key) ?? diagnostic);
      else this.#suppressed.set(key, { diagnostic, by: "comment", reason });
    });
  }

  /** The reason of a comment that covers the finding, which then counts as used. */
  #reasonToIgnore(
    { code, slug }: LintRule,
    { span }: Diagnostic,
    { files }: Program,
    source: SourceText,
  ): string | undefined {
    const file = [...files.values()].find((one) => one.source === source);
    return file && this.#suppressionsIn(file).take([slug, code], span.start);
  }

  /**
   * What ignored nothing. A file without recipes is looked at through others, so that what it says about
   * recipes cannot be judged by itself.
   */
  #unused(file: LintedFile): LintedFile["unusedSuppressions"] {
    if (!file.allowsSuppression) return [];
    const index = this.#suppressionsIn(file.program.entry);
    return index.suppressions.flatMap((suppression) =>
      suppression.names.flatMap((name) => {
        const rule = findRule(name.text, suppressibleRules);
        const cannotTell = file.partial.length === 0 && rule?.isAboutRecipes;
        if (!rule || cannotTell || suppression.reason === "" || index.isUsed(name)) return [];
        return [{ suppression, name }];
      }),
    );
  }
}

/** The names that files of a run import from one another, by the absolute path of the file that declares them. */
function importedNames(inputs: readonly LintInput[]): ReadonlyMap<string, ReadonlySet<string>> {
  const imported = new Map<string, Set<string>>();
  for (const { program } of inputs)
    for (const file of program.files.values())
      for (const [name, { file: home }] of file.names)
        if (home !== file) imported.set(home.path, (imported.get(home.path) ?? new Set()).add(name));
  return imported;
}
