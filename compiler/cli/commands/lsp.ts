import type { ExitCode } from "../exit.ts";

/** Serves an editor over standard input and output until it leaves; the protocol says what the process ends with. */
export async function lsp(): Promise<ExitCode> {
  const { serve } = await import("../../lsp/server.ts");
  serve(process.stdin, process.stdout);
  return new Promise(() => undefined);
}
