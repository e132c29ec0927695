import { find, flagOf, isNone, type Rule } from "../../rule.ts";
import { datasetsIn } from "../../samples.ts";

/** LV3070: captions that are scored have references: data of the user's own may have images only. */
export const referencesExist: Rule = (recipe, report) => {
  const isScored = find(recipe.task, "report_metric");
  if (recipe.task?.card.name !== "captioning" || !flagOf(isScored)) return;
  for (const dataset of datasetsIn(recipe, "eval")) {
    const caption = find(dataset, "columns", "caption");
    if (!caption || !isNone(caption) || !isScored) continue;
    const notes = ["Name the field with the captions, or write `report_metric = false` in the task."];
    report("LV3070", { dataset: dataset.label }, [caption, isScored], { notes });
  }
};
