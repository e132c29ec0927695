import { oneOfNames } from "../../../diagnostics/index.ts";
import { isField } from "../../../own/index.ts";
import { removalFix } from "../../../resolve/edits.ts";
import type { PartialRecipe, ResolvedSection } from "../../../resolve/resolved.ts";
import type { Rule } from "../../rule.ts";
import { fieldsOf, furtherFields, reportableAt } from "../../samples.ts";

/** LV3072: the model or the task reads what `fields` of the user's own data names, where both say what they read. */
export const fieldsAreRead: Rule = (recipe, report) => {
  const readers = readersOf(recipe);
  if (!readers) return;
  const read = readers.flatMap(({ card }) => card.reads?.flatMap(fieldsOf) ?? []);
  for (const dataset of recipe.datasets)
    for (const field of furtherFields(dataset)) {
      if (!isField(field.name) || read.includes(field.name)) continue;
      const { origin } = field.value;
      const title = `Remove \`${field.name}\``;
      const fixes = origin.kind === "recipe" ? [removalFix(origin.place, title, "safe")] : [];
      const notes = readers.map(({ kind, card }) => {
        const names = card.reads?.flatMap(fieldsOf) ?? [];
        return `${kind} \`${card.name}\` reads ${names.length === 0 ? "nothing" : oneOfNames(names, "and")}.`;
      });
      const names = { field: field.name, dataset: dataset.label };
      report("LV3072", names, reportableAt(field), { notes, fixes });
    }
};

/** Model and task; undefined where one of them is not known, or does not say what it reads. */
function readersOf({ task, model }: PartialRecipe): readonly ResolvedSection[] | undefined {
  return task?.card.reads && model?.card.reads ? [model, task] : undefined;
}
