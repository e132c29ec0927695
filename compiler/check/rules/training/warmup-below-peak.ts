import { describeValue } from "../../../explain/origin.ts";
import { find, numberOf, type Rule } from "../../rule.ts";

/** LV3007: warm-up rises. */
export const warmupBelowPeak: Rule = ({ schedule }, report) => {
  const warmup = find(schedule, "warmup_lr");
  const peak = find(schedule, "init_lr");
  const [low, high] = [numberOf(warmup), numberOf(peak)];
  if (!warmup || !peak || low === undefined || high === undefined || low <= high) return;
  report("LV3007", { warmup: describeValue(warmup.value), peak: describeValue(peak.value) }, [warmup, peak]);
};
