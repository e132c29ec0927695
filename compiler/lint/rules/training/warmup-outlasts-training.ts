import { find, numberOf, trains } from "../../../check/rule.ts";
import { recipeRule } from "../../rule.ts";

export const warmupOutlastsTraining = recipeRule(
  {
    code: "LV4001",
    slug: "warmup-outlasts-training",
    message: "warm-up takes {warmup} steps, but training ends after {length}",
    help: "Warm up for a few percent of the training, or train longer.",
    explanation:
      "The learning rate rises during `warmup_steps` and decays afterwards. If training ends first, `init_lr` is never " +
      "reached: the run ends with a rate that nobody chose.",
    example: {
      invalid:
        "recipe caption {\n  schedule linear_warmup_cosine_lr {\n    max_iters = 1_000\n    warmup_steps = 2_000\n  }\n}\n",
      valid:
        "recipe caption {\n  schedule linear_warmup_cosine_lr {\n    max_iters = 20_000\n    warmup_steps = 2_000\n  }\n}\n",
    },
  },
  (recipe, report) => {
    if (trains(recipe) === false) return;
    const warmup = find(recipe.schedule, "warmup_steps");
    const length = find(recipe.schedule, "max_iters");
    const [rising, all] = [numberOf(warmup), numberOf(length)];
    if (!warmup || !length || rising === undefined || all === undefined || rising < all || rising === 0)
      return;
    report({ warmup: rising, length: all }, [warmup, length]);
  },
);
