import { writeFileSync } from "node:fs";
import { arch, platform, tmpdir } from "node:os";
import { join } from "node:path";
import type { Terminal } from "./terminal.ts";

/**
 * Says that the compiler itself failed and writes a file with what a bug report needs: versions, the
 * command, the stack, and the program that was about to be emitted. Values of `-p` are left out.
 */
export function reportCrash(
  error: unknown,
  argv: readonly string[],
  version: string,
  terminal: Terminal,
): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const program =
    error instanceof Error && "program" in error ? `\n## Program\n\n${fence(String(error.program))}` : "";
  const text = `# lavisc ${version} failed

- command: lavisc ${withoutValues(argv).join(" ")}
- Node ${process.versions.node}, ${platform()} ${arch()}

## Error

${fence(stack ?? `${name}: ${message}`)}${program}`;
  const path = join(tmpdir(), `lavisc-failure-${process.pid}-${Date.now()}.md`);
  terminal.error(`internal error: ${message}\n`);
  try {
    writeFileSync(path, text);
    terminal.error(`  This is a bug of lavisc, not of your recipe. ${path} says more; please report it.\n`);
  } catch {
    terminal.error(`  This is a bug of lavisc, not of your recipe. Please report it:\n\n${text}\n`);
  }
}

const fence = (text: string): string => `\`\`\`\n${text.trimEnd()}\n\`\`\`\n`;

/** Parameters may hold what nobody else should see. */
function withoutValues(argv: readonly string[]): string[] {
  return argv.map((word, at) => {
    const isValue = ["-p", "--param"].includes(argv[at - 1] ?? "");
    const [flag = ""] = /^(?:--param=|-p)(?=.)/.exec(word) ?? [];
    return isValue || flag !== "" ? flag + word.slice(flag.length).replace(/=.*$/s, "=…") : word;
  });
}
