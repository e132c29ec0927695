import { removalFix } from "../../../resolve/edits.ts";
import { find, flagOf, type Rule, textOf, trains } from "../../rule.ts";

/** LV3029: float16 is computed on a GPU. */
export const float16NeedsGpu: Rule = (recipe, report) => {
  const dtype = find(recipe.run, "amp_dtype");
  const device = find(recipe.run, "device");
  if (!dtype || !device || textOf(dtype) !== "float16" || textOf(device) !== "cpu") return;
  if (flagOf(find(recipe.run, "amp")) !== true || trains(recipe) !== true) return;
  const { origin } = dtype.value;
  const fixes =
    origin.kind === "recipe" ? [removalFix(origin.place, "Take bfloat16, the default", "unsafe")] : [];
  report("LV3029", {}, [dtype, device], { fixes });
};
