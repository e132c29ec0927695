import type { Field } from "../../../../runtime/card.ts";
import { find, isNone, type Phase, phasesOf, type Rule } from "../../rule.ts";

const processors: readonly { readonly field: Field; readonly processor: string }[] = [
  { field: "image", processor: "vis_processor" },
  { field: "text_input", processor: "text_processor" },
];
const phaseNames: Readonly<Record<Phase, string>> = { train: "training", eval: "evaluation" };

/** LV3005: every modality that is read has a processor in each phase of the run. */
export const modalityHasProcessor: Rule = (recipe, report) => {
  const { task, model, datasets } = recipe;
  if (!task || !model) return;
  for (const phase of phasesOf(recipe)) {
    const reads = (phase === "train" ? model : task).card.reads ?? [];
    for (const dataset of datasets)
      for (const { field, processor } of processors) {
        const found = find(dataset, processor, phase);
        if (!found || !reads.includes(field) || !isNone(found)) continue;
        const names = { dataset: dataset.label, processor, phase: phaseNames[phase] };
        const notes = [`Write \`${processor} { ${phase} = … }\` in the dataset's section.`];
        report("LV3005", names, [found], { notes });
      }
  }
};
