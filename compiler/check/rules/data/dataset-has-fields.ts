import type { Field } from "../../../../runtime/card.ts";
import { didYouMean, suggestionsFor } from "../../../diagnostics/index.ts";
import { isOwnCard, problemOfField } from "../../../own/index.ts";
import type { ResolvedSection } from "../../../resolve/resolved.ts";
import { type Found, find, isNone, phasesOf, type Rule } from "../../rule.ts";
import { carriedBy, datasetsIn, fieldsOf, optionalColumns, readingsIn } from "../../samples.ts";

/** LV3004: each dataset's samples have what the model reads in training, and model and task in evaluation. */
export const datasetHasFields: Rule = (recipe, report) => {
  const reported = new Set<string>();
  for (const phase of phasesOf(recipe))
    for (const dataset of datasetsIn(recipe, phase)) {
      const carried = carriedBy(dataset, phase);
      if (!carried) continue;
      for (const { reader, need } of readingsIn(recipe, phase)) {
        const fields = fieldsOf(need);
        const key = `${dataset.label} ${fields}`;
        if (fields.some((field) => carried.includes(field)) || reported.has(key)) continue;
        reported.add(key);
        const names = {
          dataset: dataset.label,
          field: fields.join(" or "),
          reader: `${reader.kind} \`${reader.card.name}\``,
        };
        const column = columnWithout(dataset, fields);
        const notes = column
          ? [`Write \`columns { ${column.name} = "…" }\` with the name of its field.`]
          : adviceFor(dataset, fields, carried);
        report("LV3004", names, column ? [column] : dataset.header ? [dataset.header] : [], { notes });
      }
    }
};

/** How samples may come to a field that they do not carry. */
function adviceFor(
  { card, options }: ResolvedSection,
  [field = ""]: readonly string[],
  carried: readonly Field[],
): readonly string[] {
  const near = suggestionsFor(field, carried);
  if (near.length > 0) return didYouMean(near);
  const isReference = (card.references as readonly string[] | undefined)?.includes(field);
  if (isReference)
    return [
      `In evaluation samples have no \`${field}\`: it is in the references that results are scored by.`,
    ];
  if (problemOfField(field) !== undefined || (card.provides as readonly string[]).includes(field)) return [];
  if (isOwnCard(card))
    return [`Put it into \`fields\` of its rows, and behind \`@provides\` of its \`create\`.`];
  return options.has("fields") ? [`Write \`fields { ${field} = "…" }\` with the name of its field.`] : [];
}

/** The column of the user's data that would give one of the fields, and that is none. */
function columnWithout(dataset: ResolvedSection, fields: readonly Field[]): Found | undefined {
  const columns = Object.entries(optionalColumns).filter(([, field]) => fields.includes(field));
  return columns
    .flatMap(([column]) => find(dataset, "columns", column) ?? [])
    .find((column) => isNone(column));
}
