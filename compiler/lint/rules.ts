import { type MessageTable, syntaxMessages } from "../../grammar/index.ts";
import { messages } from "../diagnostics/index.ts";
import type { LintRule } from "./rule.ts";
import { absolutePath } from "./rules/absolute-path.ts";
import { placeholderPath } from "./rules/placeholder-path.ts";
import { processorsDiffer } from "./rules/processors-differ.ts";
import { ratiosMissing } from "./rules/ratios-missing.ts";
import { ratiosSum } from "./rules/ratios-sum.ts";
import { secretInString } from "./rules/secret-in-string.ts";
import { suppressionNotAllowed } from "./rules/suppression-not-allowed.ts";
import { suppressionWithoutReason } from "./rules/suppression-without-reason.ts";
import { trainingKeysInEvaluation } from "./rules/training-keys-in-evaluation.ts";
import { unknownSuppression } from "./rules/unknown-suppression.ts";
import { unusedFragment } from "./rules/unused-fragment.ts";
import { unusedImport } from "./rules/unused-import.ts";
import { unusedLet } from "./rules/unused-let.ts";
import { unusedParam } from "./rules/unused-param.ts";
import { unusedSuppression } from "./rules/unused-suppression.ts";
import { urlWithoutChecksum } from "./rules/url-without-checksum.ts";
import { validationOnTest } from "./rules/validation-on-test.ts";
import { warmupOutlastsTraining } from "./rules/warmup-outlasts-training.ts";

/** Rules about recipes and files, which comments can ignore. */
export const suppressibleRules: readonly LintRule[] = [
  warmupOutlastsTraining,
  validationOnTest,
  trainingKeysInEvaluation,
  ratiosSum,
  ratiosMissing,
  processorsDiffer,
  absolutePath,
  placeholderPath,
  urlWithoutChecksum,
  secretInString,
  unusedParam,
  unusedLet,
  unusedImport,
  unusedFragment,
];

/** Rules about the comments that ignore others; nothing ignores these. */
export const suppressionRules: readonly LintRule[] = [
  suppressionWithoutReason,
  unknownSuppression,
  suppressionNotAllowed,
];

/** Every lint rule, by code. The one about comments that ignore nothing comes after all others have been asked. */
export const lintRules: readonly LintRule[] = [
  ...suppressibleRules,
  ...suppressionRules,
  unusedSuppression,
].sort((a, b) => (a.code < b.code ? -1 : 1));

/** The lint rules as a table of messages: LV4xxx. */
export const lintMessages: MessageTable = Object.fromEntries(lintRules.map((rule) => [rule.code, rule]));

/** The rule of a slug or code; undefined where there is none. */
export function findRule(subject: string, among: readonly LintRule[] = lintRules): LintRule | undefined {
  return among.find(({ code, slug }) => slug === subject || code === subject);
}

/** Whether a slug or code is that of a diagnostic that is no lint rule, and so always an error. */
export function isErrorName(subject: string): boolean {
  const table: MessageTable = { ...syntaxMessages, ...messages };
  return Object.hasOwn(table, subject) || Object.values(table).some(({ slug }) => slug === subject);
}
