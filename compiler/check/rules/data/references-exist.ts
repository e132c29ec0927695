import { find, flagOf, isNone, type Rule } from "../../rule.ts";
import { datasetsIn } from "../../samples.ts";

/** LV3070: captions that are scored have references: data of the user's own may have images only, and a file of references beside. */
export const referencesExist: Rule = (recipe, report) => {
  const isScored = find(recipe.task, "report_metric");
  if (recipe.task?.card.name !== "captioning" || !flagOf(isScored)) return;
  if (!isNone(find(recipe.task, "annotation_file"))) return;
  for (const dataset of datasetsIn(recipe, "eval")) {
    const caption = find(dataset, "columns", "caption");
    if (!caption || !isNone(caption) || !isScored) continue;
    const notes = [
      "Name the field with the captions, or a file of references as `annotation_file` in the task; or score nothing: `report_metric = false` there.",
    ];
    report("LV3070", { dataset: dataset.label }, [caption, isScored], { notes });
  }
};
