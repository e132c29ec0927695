import { type MessageTable, syntaxMessages } from "../../grammar/index.ts";
import { messages } from "../diagnostics/index.ts";
import type { LintRule } from "./rule.ts";
import { processorsDiffer } from "./rules/data/processors-differ.ts";
import { ratiosMissing } from "./rules/data/ratios-missing.ts";
import { ratiosSum } from "./rules/data/ratios-sum.ts";
import { urlWithoutChecksum } from "./rules/data/url-without-checksum.ts";
import { suppressionNotAllowed } from "./rules/suppression/suppression-not-allowed.ts";
import { suppressionWithoutReason } from "./rules/suppression/suppression-without-reason.ts";
import { unknownSuppression } from "./rules/suppression/unknown-suppression.ts";
import { unusedSuppression } from "./rules/suppression/unused-suppression.ts";
import { absolutePath } from "./rules/text/absolute-path.ts";
import { placeholderPath } from "./rules/text/placeholder-path.ts";
import { secretInString } from "./rules/text/secret-in-string.ts";
import { memoryAboveDevice } from "./rules/training/memory-above-device.ts";
import { trainingKeysInEvaluation } from "./rules/training/training-keys-in-evaluation.ts";
import { validationOnTest } from "./rules/training/validation-on-test.ts";
import { warmupOutlastsTraining } from "./rules/training/warmup-outlasts-training.ts";
import { unusedFragment } from "./rules/unused/unused-fragment.ts";
import { unusedImport } from "./rules/unused/unused-import.ts";
import { unusedLet } from "./rules/unused/unused-let.ts";
import { unusedParam } from "./rules/unused/unused-param.ts";
import { unusedProcessor } from "./rules/unused/unused-processor.ts";

/** Rules about recipes and files, which comments can ignore. */
export const suppressibleRules: readonly LintRule[] = [
  warmupOutlastsTraining,
  memoryAboveDevice,
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
  unusedProcessor,
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
