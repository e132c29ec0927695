import { elementsOf, find, flagOf, isGiven, type Rule, trains } from "../../rule.ts";

/** LV3012: where a recipe says what picks the best checkpoint, something can be picked. */
export const selectNeedsValidation: Rule = (recipe, report) => {
  const select = find(recipe.task, "select");
  if (!select || !isGiven(select) || !trains(recipe)) return;
  const splits = find(recipe.run, "valid_splits");
  if (splits && elementsOf(splits)?.length === 0)
    report("LV3012", { reason: "`valid_splits` is empty" }, [select, splits]);
  const metric = find(recipe.task, "report_metric");
  if (metric && flagOf(metric) === false)
    report("LV3012", { reason: "`report_metric` is false" }, [select, metric]);
};
