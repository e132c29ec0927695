import { find, isNone, numberOf, trains } from "../../../check/rule.ts";
import { isUnknown, runFigures, totalStepsOf } from "../../../plan/index.ts";
import { recipeRule } from "../../rule.ts";

export const warmupOutlastsTraining = recipeRule(
  {
    code: "LV4001",
    slug: "warmup-outlasts-training",
    message: "warm-up takes {warmup} steps, but training ends after {length}",
    help: "Warm up for a few percent of the training, or train longer.",
    explanation:
      "The learning rate rises during `warmup_steps` and decays afterwards. If training ends first, `init_lr` is never " +
      "reached: the run ends with a rate that nobody chose. The length is `max_iters`, or `max_epoch` passes over data " +
      "sets whose cards say how many samples they have.",
    example: {
      invalid:
        "recipe caption {\n  schedule linear_warmup_cosine_lr {\n    max_iters = 1_000\n    warmup_steps = 2_000\n  }\n}\n",
      valid:
        "recipe caption {\n  schedule linear_warmup_cosine_lr {\n    max_iters = 20_000\n    warmup_steps = 2_000\n  }\n}\n",
      given: { warmup: 2000, length: 1000 },
    },
  },
  (recipe, report) => {
    if (trains(recipe) === false) return;
    const warmup = find(recipe.schedule, "warmup_steps");
    const steps = numberOf(warmup);
    if (!warmup || steps === undefined || steps === 0) return;
    const total = totalStepsOf(recipe, runFigures(recipe));
    if (isUnknown(total) || steps < total) return;
    const counted = ["max_iters", "max_epoch"].flatMap((key) => find(recipe.schedule, key) ?? []);
    report({ warmup: steps, length: total }, [warmup, ...counted.filter((one) => !isNone(one))]);
  },
);
