import { githubReport } from "./github.ts";
import { jsonReport } from "./json.ts";
import { prettyReport } from "./pretty.ts";
import type { Report } from "./report.ts";
import { sarifReport } from "./sarif.ts";
import type { Style } from "./style.ts";

export { countSeverities, countsLine, type Report } from "./report.ts";
export { colourStyle, plainStyle, type Style, wantsColour } from "./style.ts";

/** The formats of `--format`, each a function from a report to its text. */
export const reporters = {
  pretty: prettyReport,
  json: jsonReport,
  github: githubReport,
  sarif: sarifReport,
} as const satisfies Readonly<Record<string, (report: Report, style: Style) => string>>;

export type Format = keyof typeof reporters;
