import { find, numberOf, type Rule } from "../../rule.ts";

/** LV3006: generation may end before it must stop. */
export const lengthOrder: Rule = ({ task }, report) => {
  const min = find(task, "min_len");
  const max = find(task, "max_len");
  const [low, high] = [numberOf(min), numberOf(max)];
  if (!min || !max || low === undefined || high === undefined || low < high) return;
  report("LV3006", { min: low, max: high }, [min, max]);
};
