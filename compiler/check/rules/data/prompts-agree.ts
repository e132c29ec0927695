import { find, phasesOf, type Rule, textOf } from "../../rule.ts";

/** LV3021: training captions begin with the prompt whose tokens the model masks. */
export const promptsAgree: Rule = (recipe, report) => {
  const model = find(recipe.model, "prompt");
  const expected = textOf(model);
  if (!model || expected === undefined || !phasesOf(recipe).includes("train")) return;
  for (const dataset of recipe.datasets) {
    const processor = find(dataset, "text_processor", "train", "prompt");
    const written = textOf(processor);
    if (!processor || written === undefined || written === expected) continue;
    report("LV3021", { processor: written, model: expected }, [processor, model]);
  }
};
