import { find, trains } from "../../../check/rule.ts";
import { removalFix } from "../../../resolve/edits.ts";
import { recipeRule } from "../../rule.ts";

export const trainingKeysInEvaluation = recipeRule(
  {
    code: "LV4003",
    slug: "training-keys-in-evaluation",
    message: "`{section}` is for training, but `evaluate = true`",
    help: "Remove the section, or set `evaluate = false`.",
    explanation:
      "A recipe that only evaluates has no optimizer and no learning rate. A reader takes such a section for the " +
      "settings that the weights were trained with, which nothing makes sure of. Sections that a recipe inherits from " +
      "a training recipe are fine.",
    example: {
      invalid: "recipe caption {\n  optimizer adamw { weight_decay = 0.05 }\n  run { evaluate = true }\n}\n",
      valid: "recipe caption {\n  run { evaluate = true }\n}\n",
      given: { section: "optimizer" },
    },
  },
  (recipe, report) => {
    const evaluate = find(recipe.run, "evaluate");
    const isChosenByRun = evaluate?.value.kind === "scalar" && evaluate.value.expression !== undefined;
    if (!evaluate || isChosenByRun || trains(recipe) !== false) return;
    for (const section of [recipe.schedule, recipe.optimizer]) {
      if (!section?.header || section.origin.kind !== "recipe" || section.origin.inherited) continue;
      const fix = removalFix(section.origin.place, "Remove the section", "unsafe");
      report({ section: section.kind }, [section.header, evaluate], { fixes: [fix] });
    }
  },
);
