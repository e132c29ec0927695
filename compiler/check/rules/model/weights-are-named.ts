import { replacementFix } from "../../../resolve/edits.ts";
import type { PartialRecipe } from "../../../resolve/resolved.ts";
import { find, flagOf, isNone, type Rule, trains } from "../../rule.ts";

const pairs = [
  ["load_finetuned", "finetuned"],
  ["load_pretrained", "pretrained"],
] as const;

/** LV3016, LV3025: weights that are to be loaded are named, and an evaluation loads some. */
export const weightsAreNamed: Rule = (recipe, report) => {
  const { model } = recipe;
  if (!model) return;
  if (trains(recipe) === false && hasNoWeights(recipe)) {
    const evaluate = find(recipe.run, "evaluate");
    const about = [model.header, evaluate].filter((one) => one !== undefined);
    report("LV3016", {}, about);
    return;
  }
  const isFinetuned = flagOf(find(model, "load_finetuned"));
  for (const [load, weights] of pairs) {
    const flag = find(model, load);
    const named = find(model, weights);
    const isUnused = load === "load_pretrained" && isFinetuned !== false;
    if (!flag || !named || isUnused || flagOf(flag) !== true || !isNone(named)) continue;
    const { written } = flag.value;
    const fixes = written ? [replacementFix(written, "false", `Write \`${load} = false\``, "unsafe")] : [];
    report("LV3025", { load, weights }, [flag, named], { fixes });
  }
};

/** Whether it is certain that nothing is loaded. */
const hasNoWeights = ({ model }: PartialRecipe): boolean =>
  pairs.every(([load, weights]) => flagOf(find(model, load)) === false || isNone(find(model, weights)));
