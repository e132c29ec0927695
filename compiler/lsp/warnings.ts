import type { Diagnostic } from "../../grammar/index.ts";
import type { CheckResult } from "../check-recipe.ts";
import { partByBaselines } from "../cli/baselines.ts";
import { isUserError } from "../cli/exit.ts";
import { Configurations, isIgnored, lintSettings } from "../config/index.ts";
import { lint } from "../lint/index.ts";
import type { Host, Program } from "../program/index.ts";

export interface Warnings {
  readonly findings: readonly Diagnostic[];
  /** Why nobody could be asked: a `lavisc.json` or a baseline that cannot be used. */
  readonly trouble: string | undefined;
}

/** Rules about declarations that nothing uses: whether something does, other files may know. */
const aboutUse: ReadonlySet<string> = new Set(["unused-param", "unused-let", "unused-fragment"]);

/**
 * What the lint rules find in a file that has been checked, as `lavisc lint` would say it for the project: with its
 * `lavisc.json` and its baseline. The files that import this one are asked for only where they matter.
 */
export function warningsOf(
  checked: CheckResult & { readonly program: Program },
  host: Host,
  importers: () => readonly Program[],
): Warnings {
  const { program, sources } = checked;
  const { path, source } = program.entry;
  try {
    const configuration = new Configurations(host).ofFile(path);
    if (isIgnored(configuration, path)) return { findings: [], trouble: undefined };
    const settings = lintSettings(configuration);
    const own = { ...checked, settings };
    const alone = lint([own]).findings;
    const others = alone.some(({ slug }) => aboutUse.has(slug)) ? importers() : [];
    const asImporters = others.map((one) => ({ program: one, partial: [], diagnostics: [], settings }));
    const { findings } = others.length === 0 ? { findings: alone } : lint([own, ...asImporters]);
    const ofProgram = findings.filter((one) => sources.has(one.path));
    const files = [{ path: source.path, configuration }];
    const parted = partByBaselines({ findings: ofProgram, files, sources, baseline: undefined }, host);
    return { findings: parted.findings, trouble: undefined };
  } catch (error) {
    if (!isUserError(error)) throw error;
    return { findings: [], trouble: [error.message, error.hint].filter(Boolean).join("\n") };
  }
}
