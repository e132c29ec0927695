import { find, numberOf, type Rule } from "../../rule.ts";

/** LV3024: the random crop has a range. */
export const scalesInOrder: Rule = ({ datasets }, report) => {
  for (const dataset of datasets) {
    const min = find(dataset, "vis_processor", "train", "min_scale");
    const max = find(dataset, "vis_processor", "train", "max_scale");
    const [low, high] = [numberOf(min), numberOf(max)];
    if (min && max && low !== undefined && high !== undefined && low > high)
      report("LV3024", { min: low, max: high }, [min, max]);
  }
};
