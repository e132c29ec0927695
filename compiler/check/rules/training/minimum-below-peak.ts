import { describeValue } from "../../../explain/origin.ts";
import { find, numberOf, type Rule } from "../../rule.ts";

/** LV3008: the learning rate decays. */
export const minimumBelowPeak: Rule = ({ schedule }, report) => {
  const minimum = find(schedule, "min_lr");
  const peak = find(schedule, "init_lr");
  const [low, high] = [numberOf(minimum), numberOf(peak)];
  if (!minimum || !peak || low === undefined || high === undefined || low <= high) return;
  report("LV3008", { min: describeValue(minimum.value), peak: describeValue(peak.value) }, [minimum, peak]);
};
