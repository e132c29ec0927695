import { removalFix } from "../../../resolve/edits.ts";
import { find, numberOf, phasesOf, type Rule } from "../../rule.ts";

/** LV3010: processors make images of the size that the model takes. */
export const imageSizesAgree: Rule = (recipe, report) => {
  const model = find(recipe.model, "image_size");
  const wanted = numberOf(model);
  if (!model || wanted === undefined) return;
  for (const dataset of recipe.datasets)
    for (const phase of phasesOf(recipe)) {
      const processor = find(dataset, "vis_processor", phase, "image_size");
      const made = numberOf(processor);
      if (!processor || made === undefined || made === wanted) continue;
      const { origin } = processor.value;
      const fixes = origin.kind === "recipe" ? [removalFix(origin.place, "Remove it", "safe")] : [];
      report("LV3010", { processor: made, model: wanted }, [processor, model], { fixes });
    }
};
