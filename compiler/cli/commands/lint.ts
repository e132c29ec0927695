import { resolve } from "node:path";
import { applyFixes, type FixedFile, type FixLevel, type FixResult } from "../../fix/index.ts";
import type { Host } from "../../program/index.ts";
import { type Baseline, writeBaseline } from "../baselines.ts";
import {
  type CheckedFiles,
  type CheckedPaths,
  type CheckRequest,
  checkPaths,
  type ReportFlags,
} from "../checking.ts";
import { type ExitCode, exitCodes, UsageError } from "../exit.ts";
import { expandFolders, type Inputs, openInputs } from "../inputs.ts";
import { replaceFile } from "../replace-file.ts";
import { showReport, type Terminal } from "../terminal.ts";
import { unifiedDiff } from "../unified-diff.ts";
import { watch } from "../watching.ts";

export interface LintFlags extends ReportFlags {
  readonly baseline?: string;
  readonly writeBaseline: boolean;
  readonly fix?: FixLevel;
  readonly dryRun: boolean;
  readonly diff: boolean;
}

/** Shows errors and warnings of recipes and of folders of recipes, and applies their fixes. */
export async function lint(
  names: readonly string[],
  flags: LintFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const level = flags.fix ?? (flags.dryRun || flags.diff ? "safe" : undefined);
  if (flags.watch && (level || flags.writeBaseline))
    throw new UsageError("--watch only looks: it goes with neither --fix nor --write-baseline");
  const files = names.length > 0 ? names : ["."];
  const check = () => lintOnce(files, flags, level, terminal);
  const conclude = ({ exitCode }: CheckedFiles) => exitCode;
  return flags.watch ? watch({ files, check, conclude }, terminal) : conclude(await check());
}

async function lintOnce(
  names: readonly string[],
  flags: LintFlags,
  level: FixLevel | undefined,
  terminal: Terminal,
): Promise<CheckedPaths> {
  const inputs = await openInputs(expandFolders(names, terminal), flags, terminal);
  const request = requestOf(flags, terminal);
  const fixed = level && fixAll(inputs, level, request);
  if (fixed) takeFixes(fixed, inputs, flags, terminal);
  const host = fixed?.host ?? inputs.host;
  if (flags.writeBaseline) writeBaselines(checkPaths(inputs.paths, host, request), flags, terminal);
  const result = checkPaths(inputs.paths, host, request);
  showReport(result.report, flags.format, terminal, flags.quiet);
  for (const one of result.baselines) tellVanished(one, host, terminal);
  const wouldChange = (flags.diff || flags.dryRun) && (fixed?.files.length ?? 0) > 0;
  return { ...result, exitCode: wouldChange ? exitCodes.diagnostics : result.exitCode };
}

const requestOf = (flags: LintFlags, { workingFolder }: Terminal): CheckRequest => ({
  ...flags,
  warns: true,
  baseline: flags.baseline === undefined ? undefined : resolve(workingFolder, flags.baseline),
});

function fixAll({ paths, host }: Inputs, level: FixLevel, request: CheckRequest): FixResult {
  return applyFixes(host, paths, level, (changed: Host) => {
    const { report, files } = checkPaths(paths, changed, request);
    const all = files.flatMap(({ program }) => [...program.files.values()]);
    return {
      diagnostics: report.diagnostics,
      paths: new Map(all.map((file) => [file.source.path, file.path])),
    };
  });
}

/** Writes or shows what fixes changed; standard input goes to standard output. */
function takeFixes(
  { files, numFixes }: FixResult,
  inputs: Inputs,
  flags: LintFlags,
  terminal: Terminal,
): void {
  const isDry = flags.diff || flags.dryRun;
  for (const { path, before, after } of files) {
    if (flags.diff) terminal.out(unifiedDiff(inputs.host.display(path), before, after));
    else if (!isDry && path !== inputs.stdinPath) replaceFile(path, after);
  }
  if (!isDry && inputs.stdinPath !== undefined) terminal.out(textOf(inputs, files, inputs.stdinPath));
  if (flags.format !== "pretty" || flags.quiet || numFixes === 0) return;
  const done = isDry ? "would be applied" : "applied";
  terminal.error(
    `${numFixes} ${numFixes === 1 ? "fix" : "fixes"} ${done} in ${files.length} ${files.length === 1 ? "file" : "files"}\n`,
  );
}

function textOf({ host }: Inputs, files: readonly FixedFile[], path: string): string {
  const text = files.find((file) => file.path === path)?.after ?? host.readFile(path);
  if (typeof text !== "string") throw new UsageError(`${path} ${text.problem}`, text.hint);
  return text;
}

/** Writes the baselines with all that is found now, of which nothing is shown from then on. */
function writeBaselines({ baselines }: CheckedPaths, { format, quiet }: LintFlags, terminal: Terminal): void {
  if (baselines.length === 0)
    throw new UsageError(
      "there is no baseline to write",
      "name one with --baseline FILE, or as `baseline` in lavisc.json",
    );
  for (const baseline of baselines) {
    writeBaseline(baseline);
    const count = baseline.current.length;
    if (format === "pretty" && !quiet)
      terminal.error(`${baseline.path} knows ${count} ${count === 1 ? "finding" : "findings"}\n`);
  }
}

function tellVanished({ path, vanished }: Baseline, host: Host, terminal: Terminal): void {
  if (vanished.length === 0) return;
  const lines = vanished.map(({ path: file, rule, message }) => `  ${file}: ${message} (${rule})\n`);
  const what = vanished.length === 1 ? "a finding that is" : "findings that are";
  terminal.error(
    `${host.display(path)} knows ${what} gone; --write-baseline takes ${vanished.length === 1 ? "it" : "them"} out:\n${lines.join("")}`,
  );
}
