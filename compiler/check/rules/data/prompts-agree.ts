import { type Found, find, phasesOf, type Rule, textOf } from "../../rule.ts";

/** LV3021: training captions begin with the prompt whose tokens the model masks. */
export const promptsAgree: Rule = (recipe, report) => {
  const model = find(recipe.model, "prompt");
  const expected = textOf(model);
  if (!model || model.value.option.own || expected === undefined || !phasesOf(recipe).includes("train"))
    return;
  for (const dataset of recipe.datasets) {
    const processor = find(dataset, "text_processor", "train", "prompt");
    const written = textOf(processor);
    if (!processor || written === undefined || !followsModel(processor)) continue;
    // Whether a space stands between them is the tokenizer's matter; LAVIS's captions have one for BLIP-2.
    if (written.trimEnd() === expected.trimEnd()) continue;
    report("LV3021", { processor: written, model: expected }, [processor, model]);
  }
};

/** Whether the processor puts the model's prompt before its texts by default: others make instructions of them. */
function followsModel({ value: { option } }: Found): boolean {
  return option.default !== undefined && "follows" in option.default;
}
