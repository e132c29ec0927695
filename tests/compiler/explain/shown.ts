import { allMessages, explainCode } from "../../../compiler/explain/index.ts";
import type { Diagnostic, DiagnosticCode } from "../../../grammar/index.ts";

/** What the long text of a code shows as said about its example. */
export const shownOf = (code: DiagnosticCode): string | undefined =>
  /^```text\n([\s\S]*?)\n```$/m.exec(explainCode(code)?.explanation ?? "")?.[1];

/** Findings of a code in the form of {@link shownOf}: the headline, and the help that the code's message has. */
export function said(found: readonly Diagnostic[], code: DiagnosticCode): readonly string[] {
  const hasHelp = allMessages[code]?.help !== undefined;
  return found
    .filter((one) => one.code === code)
    .map(({ severity, message, notes }) =>
      [`${severity}[${code}]: ${message}`, ...(hasHelp ? [`  = ${notes[0]}`] : [])].join("\n"),
    );
}
