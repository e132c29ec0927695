import { format } from "../../../grammar/index.ts";
import { type ExitCode, exitCodes, UsageError } from "../exit.ts";
import { openInputs } from "../inputs.ts";
import { replaceFile } from "../replace-file.ts";
import type { Terminal } from "../terminal.ts";
import { unifiedDiff } from "../unified-diff.ts";

export interface FmtOptions {
  readonly check: boolean;
  readonly diff: boolean;
  readonly stdinFilename?: string;
}

/** Formats recipes in place; standard input goes to standard output. */
export async function fmt(
  files: readonly string[],
  options: FmtOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { paths, host, stdinPath } = await openInputs(files, options, terminal);
  let numUnformatted = 0;
  for (const path of paths) {
    const before = host.readFile(path);
    const shown = host.display(path);
    if (typeof before !== "string") throw new UsageError(`${shown} ${before.problem}`, before.hint);
    const after = format(before);
    if (after !== before) numUnformatted++;
    if (options.diff) terminal.out(unifiedDiff(shown, before, after));
    else if (options.check) terminal.error(after === before ? "" : `${shown} is not formatted\n`);
    else if (path === stdinPath) terminal.out(after);
    else if (after !== before) replaceFile(path, after);
  }
  return numUnformatted > 0 && (options.check || options.diff) ? exitCodes.diagnostics : exitCodes.clean;
}
