import { removalFix } from "../../../resolve/edits.ts";
import { type Found, find, numberOf, phasesOf, type Rule } from "../../rule.ts";

const keys = ["vis_processor", "video_processor"] as const;

/** LV3010: processors make images of the size that the model takes: of the option that they follow unless told. */
export const imageSizesAgree: Rule = (recipe, report) => {
  for (const dataset of recipe.datasets)
    for (const phase of phasesOf(recipe))
      for (const key of keys) {
        const processor = find(dataset, key, phase, "image_size");
        const made = numberOf(processor);
        const model = processor && find(recipe.model, ...followedOf(processor));
        const wanted = numberOf(model);
        if (!processor || made === undefined || !model || wanted === undefined || made === wanted) continue;
        const { origin } = processor.value;
        const fixes = origin.kind === "recipe" ? [removalFix(origin.place, "Remove it", "safe")] : [];
        report("LV3010", { processor: made, model: wanted }, [processor, model], { fixes });
      }
};

/** The keys of the model's option that a value's default follows: `model.timesformer.image_size`. */
function followedOf({ value: { option } }: Found): readonly string[] {
  const path = option.default && "follows" in option.default ? option.default.follows : "";
  const [section, ...inner] = path.split(".");
  return section === "model" ? inner : [];
}
