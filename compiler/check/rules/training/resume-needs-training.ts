import { find, isNone, type Rule, trains } from "../../rule.ts";

/** LV3009: only a training can be resumed. */
export const resumeNeedsTraining: Rule = (recipe, report) => {
  const resume = find(recipe.run, "resume_ckpt_path");
  const evaluate = find(recipe.run, "evaluate");
  if (!resume || !evaluate || isNone(resume) || trains(recipe) !== false) return;
  report("LV3009", {}, [resume, evaluate]);
};
