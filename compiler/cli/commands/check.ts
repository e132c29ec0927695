import { compareDiagnostics } from "../../../grammar/index.ts";
import { type CheckedFiles, checkFiles, exitCodeOf, type ReportFlags } from "../checking.ts";
import type { ExitCode } from "../exit.ts";
import { showReport, type Terminal } from "../terminal.ts";
import { watch } from "../watching.ts";

export interface CheckFlags extends ReportFlags {
  /** Look at the world as well: files, weights, disk, devices. */
  readonly probe: boolean;
}

/** Checks recipes and shows what is wrong with them; writes nothing. */
export async function check(
  files: readonly string[],
  flags: CheckFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const look = async () => {
    const checked = await checkFiles(files, flags, terminal);
    return flags.probe ? probed(checked, flags, terminal) : checked;
  };
  const tell = ({ report, exitCode }: CheckedFiles) => {
    showReport(report, flags.format, terminal, flags.quiet);
    return exitCode;
  };
  return flags.watch ? watch({ files, check: look, conclude: tell }, terminal) : tell(await look());
}

/** What was checked, with what is wrong in the world that the recipes name. */
async function probed(checked: CheckedFiles, flags: CheckFlags, terminal: Terminal): Promise<CheckedFiles> {
  const [{ machineWorld, probeRecipes }, services] = await Promise.all([
    import("../../probe/index.ts"),
    import("lavis/runtime/engine"),
  ]);
  const recipes = checked.files
    .flatMap(({ partial }) => partial)
    .filter(({ name }) => flags.recipe === undefined || name === flags.recipe);
  const findings = await probeRecipes(recipes, machineWorld(services, terminal.workingFolder));
  const diagnostics = [...checked.report.diagnostics, ...findings.map(({ diagnostic }) => diagnostic)];
  const sources = new Map(checked.report.sources);
  for (const { source } of findings) sources.set(source.path, source);
  const report = { ...checked.report, diagnostics: diagnostics.sort(compareDiagnostics), sources };
  return { ...checked, report, exitCode: exitCodeOf(report, flags.maxWarnings) };
}
