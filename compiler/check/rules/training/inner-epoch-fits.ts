import { find, numberOf, type Rule } from "../../rule.ts";

/** LV3015: the first validation comes before the end of the run. */
export const innerEpochFits: Rule = ({ schedule }, report) => {
  const inner = find(schedule, "iters_per_inner_epoch");
  const max = find(schedule, "max_iters");
  const [steps, all] = [numberOf(inner), numberOf(max)];
  if (!inner || !max || steps === undefined || all === undefined || steps <= all) return;
  report("LV3015", { inner: steps, max: all }, [inner, max]);
};
