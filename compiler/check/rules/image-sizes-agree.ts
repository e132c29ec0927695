import { removalFix } from "../../resolve/edits.ts";
import { find, numberOf, phasesOf, type Rule } from "../rule.ts";

/** LV3010: processors make images of the size that the model takes. */
export const imageSizesAgree: Rule = (recipe, report) => {
  const model = find(recipe.model, "image_size");
  const wanted = numberOf(model);
  if (!model || wanted === undefined) return;
  for (const dataset of recipe.datasets)
    for (const phase of phasesOf(recipe)) {
      const processor = find(dataset, "vis_processor", phase, "image_size");
      const made = numberOf(processor);
      if (!processor || made === undefined || made === wanted) continue;
      const { origin } = processor.value;
      const isOwn = origin.kind === "recipe" && !origin.inherited;
      const fixes = isOwn ? [argumentRemoval(origin.place)] : [];
      report("LV3010", { processor: made, model: wanted }, [processor, model], { fixes });
    }
};

/** Removes an argument; the call around it is a whole item, so its place is looked for in the text. */
const argumentRemoval = (place: Parameters<typeof removalFix>[0]) => {
  const text = place.source.slice(place.span);
  const match = /image_size\s*=\s*[\w.]+\s*,?\s*/.exec(text);
  const start = place.span.start + (match?.index ?? 0);
  const span = { start, end: start + (match?.[0].length ?? 0) };
  return { ...removalFix(place, "Remove it", "safe"), edits: [{ span, text: "", path: place.source.path }] };
};
