import { isDeepStrictEqual } from "node:util";
import { type CheckResult, checkRecipe } from "../../compiler/check-recipe.ts";
import { programText } from "../../compiler/emit/program-text.ts";
import { explainRecipe } from "../../compiler/explain/index.ts";
import { applyFixes } from "../../compiler/fix/index.ts";
import { lint } from "../../compiler/lint/index.ts";
import { memoryHost } from "../../compiler/program/index.ts";
import { plainStyle, type Report, reporters } from "../../compiler/report/index.ts";
import { type Diagnostic, format, parse } from "../../grammar/index.ts";
import { importedFiles } from "./corpus.ts";

const path = "/r.lavis";
const locations = { outputFolder: "/out", workingFolder: "/" };
/** Milliseconds of the processor that a text may take; whoever else computes meanwhile does not count. */
const patience = 10_000;

/** Runs a text through all that a recipe goes through. Throws an Error that says which promise it breaks. */
export function throughEverything(text: string): void {
  const start = process.cpuUsage();
  const formatted = format(text);
  promise(format(formatted) === formatted, "formatting twice gives another text");
  sameComments(text, formatted);
  const checked = check(text);
  const again = check(formatted);
  promise(
    isDeepStrictEqual(saidOf(checked.diagnostics), saidOf(again.diagnostics)),
    `formatting changes what is said: ${JSON.stringify(saidOf(checked.diagnostics))} ${JSON.stringify(saidOf(again.diagnostics))}`,
  );
  promise(isDeepStrictEqual(valuesOf(checked), valuesOf(again)), "formatting changes the values");
  const hasErrors = checked.diagnostics.some(({ severity }) => severity === "error");
  promise(!hasErrors || checked.recipes.length === 0, "a recipe with errors would be built");
  for (const recipe of checked.recipes) programText(recipe, locations);
  report(checked);
  // It checks many times over: some texts are enough.
  if (text.length % 8 === 0) repair(checked);
  const { user, system } = process.cpuUsage(start);
  const taken = Math.round((user + system) / 1000);
  promise(taken < patience, `it takes ${taken} ms of the processor`);
}

function promise(isKept: boolean, broken: string): void {
  if (!isKept) throw new Error(broken);
}

const check = (text: string): CheckResult =>
  checkRecipe(memoryHost({ ...importedFiles, [path]: text }), path);

const saidOf = (diagnostics: readonly Diagnostic[]) =>
  diagnostics.map(({ code, message }) => `${code} ${message}`).sort();

const valuesOf = ({ partial }: CheckResult) =>
  partial.map((recipe) => explainRecipe(recipe).map(({ path: where, text, value }) => [where, text, value]));

function sameComments(text: string, formatted: string): void {
  const commentsOf = (one: string) =>
    parse(one).tree.comments.map(({ style, text: words }) => [style, words]);
  promise(
    isDeepStrictEqual(commentsOf(text), commentsOf(formatted)),
    "formatting loses or changes a comment",
  );
}

/** Every format shows every finding, each of which lies in a text. */
function report({ program, ...checked }: CheckResult): void {
  if ("problem" in program) throw new Error("the recipe cannot be read");
  const { findings, suppressed } = lint([{ ...checked, program }]);
  const diagnostics = [...checked.diagnostics, ...findings];
  for (const { path: own, code, span, labels, fixes } of diagnostics) {
    const places = [{ path: own, span }, ...labels, ...fixes.flatMap(({ edits }) => edits)];
    for (const place of places) {
      const length = checked.sources.get(place.path ?? own)?.text.length ?? -1;
      const { start, end } = place.span;
      promise(0 <= start && start <= end && end <= length, `${code} points to ${start}-${end} of ${length}`);
    }
  }
  const all: Report = { diagnostics, suppressed, sources: checked.sources, numFiles: 1 };
  for (const show of Object.values(reporters)) show(all, plainStyle);
}

/** All fixes, guesses too, come to an end, and leave no more syntax errors than there were. */
function repair({ program }: CheckResult): void {
  if ("problem" in program) return;
  const { text } = program.entry.source;
  const start = memoryHost({ ...importedFiles, [path]: text });
  const { files } = applyFixes(start, [path], "unsafe", (host) => {
    const { diagnostics, program: now } = checkRecipe(host, path);
    if ("problem" in now) throw new Error("the repaired recipe cannot be read");
    return { diagnostics, paths: new Map([[now.entry.source.path, path]]) };
  });
  const errorsIn = (one: string) => parse(one).diagnostics.length;
  for (const { after } of files)
    promise(errorsIn(after) <= errorsIn(text), "fixes bring syntax errors that there were not");
}
