import { checkFiles, type ReportFlags } from "../checking.ts";
import type { ExitCode } from "../exit.ts";
import { showReport, type Terminal } from "../terminal.ts";

/** Checks recipes and shows what is wrong with them; writes nothing. */
export async function check(
  files: readonly string[],
  flags: ReportFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const { report, exitCode } = await checkFiles(files, flags, terminal);
  showReport(report, flags.format, terminal);
  return exitCode;
}
