import { oneOfNames } from "../../diagnostics/suggestions.ts";
import { codesNear, type ExplainedValue, explainCode, explainRecipe } from "../../explain/index.ts";
import { chosenRecipes, type RecipeFlags, resolveFiles } from "../checking.ts";
import { type ExitCode, UsageError } from "../exit.ts";
import { showReport, type Terminal } from "../terminal.ts";

/** Explains a diagnostic by its code or slug, or the values of a recipe by its file. */
export async function explain(subject: string, flags: RecipeFlags, terminal: Terminal): Promise<ExitCode> {
  if (/^LV\d+$/i.test(subject) || /^[a-z]+(?:-[a-z]+)+$/.test(subject))
    return explainDiagnostic(subject, terminal);
  return explainFile(subject, flags, terminal);
}

function explainDiagnostic(subject: string, terminal: Terminal): ExitCode {
  const found = explainCode(subject);
  if (!found) {
    const near = codesNear(subject);
    throw new UsageError(
      `there is no diagnostic ${subject}`,
      near.length > 0 ? `did you mean ${oneOfNames(near)}?` : undefined,
    );
  }
  const { code, slug, severity, explanation } = found;
  terminal.out(`${code} ${slug} (${severity === "info" ? "hint" : severity})\n\n${explanation}\n`);
  return 0;
}

/** Diagnostics go first, so that what could not be resolved is not missed; the rest is explained all the same. */
async function explainFile(path: string, flags: RecipeFlags, terminal: Terminal): Promise<ExitCode> {
  const resolved = await resolveFiles([path], flags, terminal);
  const { report, exitCode } = resolved;
  if (report.diagnostics.length > 0) showReport(report, "pretty", terminal);
  const recipes = chosenRecipes(resolved, flags);
  const texts = recipes.map((recipe) => `recipe ${recipe.name}\n${valueTable(explainRecipe(recipe))}`);
  terminal.out(texts.join("\n"));
  return exitCode;
}

/** One line a value: its path, what it is, where it came from. */
function valueTable(values: readonly ExplainedValue[]): string {
  const pathWidth = Math.max(0, ...values.map(({ path }) => path.length));
  const textWidth = Math.min(40, Math.max(0, ...values.map(({ text }) => text.length)));
  const lines = values.map(
    ({ path, text, from }) => `  ${path.padEnd(pathWidth)}  ${text.padEnd(textWidth)}  ${from}\n`,
  );
  return lines.join("");
}
