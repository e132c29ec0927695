import { checkFiles, type ReportFlags } from "../checking.ts";
import { type ExitCode, UsageError } from "../exit.ts";
import { showReport, type Terminal } from "../terminal.ts";
import { watch } from "../watching.ts";

/** Checks recipes and shows what is wrong with them; writes nothing. */
export async function check(
  files: readonly string[],
  flags: ReportFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  if (flags.watch && files.includes("-")) throw new UsageError("standard input cannot be watched");
  const once = async () => {
    const checked = await checkFiles(files, flags, terminal);
    showReport(checked.report, flags.format, terminal, flags.quiet);
    return checked;
  };
  return flags.watch ? watch(once, terminal) : (await once()).exitCode;
}
