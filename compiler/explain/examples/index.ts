import type { DiagnosticCode } from "../../../grammar/index.ts";
import type { Example } from "../../diagnostics/index.ts";
import { formatExamples } from "./formats.ts";
import { importExamples } from "./import.ts";
import { meaningExamples } from "./meaning.ts";
import { nameExamples } from "./names.ts";
import { ownExamples } from "./own.ts";
import { probeExamples } from "./probe.ts";
import { syntaxExamples } from "./syntax.ts";
import { typeExamples } from "./types.ts";

/** What each error is about, shown. Lint rules hold their own examples. */
export const examples: Readonly<Record<DiagnosticCode, Example>> = {
  ...syntaxExamples,
  ...nameExamples,
  ...formatExamples,
  ...ownExamples,
  ...typeExamples,
  ...meaningExamples,
  ...importExamples,
  ...probeExamples,
};
