import { phasesOf, type Rule } from "../../rule.ts";

/** LV3004: each dataset's samples have what the model reads in training and the task in evaluation. */
export const datasetHasFields: Rule = (recipe, report) => {
  const { task, model, datasets } = recipe;
  const phases = phasesOf(recipe);
  const readers = [phases.includes("train") ? model : undefined, phases.includes("eval") ? task : undefined];
  for (const dataset of datasets)
    for (const reader of readers) {
      const missing = reader?.card.reads?.filter((field) => !dataset.card.provides?.includes(field)) ?? [];
      for (const field of missing) {
        const names = { dataset: dataset.label, field, reader: `${reader?.kind} \`${reader?.card.name}\`` };
        report("LV3004", names, dataset.header ? [dataset.header] : []);
      }
    }
};
