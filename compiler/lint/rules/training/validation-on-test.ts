import { elementsOf, find, isGiven, textOf, trains } from "../../../check/rule.ts";
import { removalFix } from "../../../resolve/edits.ts";
import { recipeRule } from "../../rule.ts";

export const validationOnTest = recipeRule(
  {
    code: "LV4002",
    slug: "validation-on-test",
    message: "split `{split}` is both validated and tested on",
    help: "Keep `{split}` out of `valid_splits`.",
    explanation:
      "Validation is there to choose by: the first of `valid_splits` picks the best checkpoint, and people tune by what " +
      "they see of the others. A score on a split that helped to choose is no longer a test score.",
    example: {
      invalid:
        "recipe caption {\n  run {\n    valid_splits = [val, test]\n    test_splits = [test]\n  }\n}\n",
      valid: "recipe caption {\n  run {\n    valid_splits = [val]\n    test_splits = [test]\n  }\n}\n",
      given: { split: "test" },
    },
  },
  (recipe, report) => {
    const validated = elementsOf(find(recipe.run, "valid_splits"));
    const tested = elementsOf(find(recipe.run, "test_splits"));
    if (!validated || !tested || !trains(recipe)) return;
    for (const split of validated) {
      const name = textOf(split);
      const other = tested.find((one) => textOf(one) === name);
      if (name === undefined || !other || !(isGiven(split) || isGiven(other))) continue;
      const { written } = split.value;
      const isAlone = validated.length === 1;
      const fixes = written && !isAlone ? [removalFix(written, `Remove \`${name}\``, "unsafe")] : [];
      report({ split: name }, [split, { ...other, name: "the tested split" }], { fixes });
    }
  },
);
