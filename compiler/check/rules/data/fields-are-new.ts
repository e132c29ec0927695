import { problemOfField } from "../../../own/index.ts";
import type { ResolvedSection } from "../../../resolve/resolved.ts";
import type { Rule } from "../../rule.ts";
import { furtherFields, reportableAt } from "../../samples.ts";

/** LV3071: what `fields` of the user's own data names is no field that samples have from elsewhere, or cannot have. */
export const fieldsAreNew: Rule = ({ datasets }, report) => {
  for (const dataset of datasets)
    for (const field of furtherFields(dataset)) {
      const why = problemOfField(field.name) ?? whyCarried(dataset, field.name);
      if (why !== undefined) report("LV3071", { field: field.name, why }, reportableAt(field));
    }
};

/** The columns whose fields have another name in samples. */
const columns: Readonly<Record<string, readonly string[]>> = {
  text_input: ["caption", "question"],
  answers: ["answer"],
};

function whyCarried({ card, options }: ResolvedSection, field: string): string | undefined {
  const carried: readonly string[] = card.provides ?? [];
  if (!carried.includes(field)) return undefined;
  const block = options.get("columns");
  const names = columns[field] ?? [field];
  const column = names.find((name) => block?.kind === "block" && block.options.has(name));
  return column === undefined ? "samples have it without" : `\`columns { ${column} = "…" }\` gives it`;
}
