import { elementsOf, find, type Rule } from "../../rule.ts";

/** LV3026: normalisation has a number for each channel of an image. */
export const channelsAreThree: Rule = ({ datasets }, report) => {
  for (const dataset of datasets)
    for (const phase of ["train", "eval"])
      for (const key of ["mean", "std"]) {
        const list = find(dataset, "vis_processor", phase, key);
        const found = elementsOf(list)?.length;
        if (list && found !== undefined && found !== 3) report("LV3026", { key, found }, [list]);
      }
};
