import { phasesOf, type Rule } from "../../rule.ts";
import { carriedBy, datasetsIn, fieldsOf, readingsIn } from "../../samples.ts";

/** LV3004: each dataset's samples have what the model reads in training, and model and task in evaluation. */
export const datasetHasFields: Rule = (recipe, report) => {
  const reported = new Set<string>();
  for (const phase of phasesOf(recipe))
    for (const dataset of datasetsIn(recipe, phase)) {
      const carried = carriedBy(dataset);
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
        report("LV3004", names, dataset.header ? [dataset.header] : []);
      }
    }
};
