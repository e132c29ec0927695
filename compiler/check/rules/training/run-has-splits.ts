import { elementsOf, find, type Rule, trains } from "../../rule.ts";

/** LV3023: a run has something to train on, or to evaluate. */
export const runHasSplits: Rule = (recipe, report) => {
  const isEmpty = (key: string) => elementsOf(find(recipe.run, key))?.length === 0;
  const training = trains(recipe);
  const train = find(recipe.run, "train_splits");
  if (training && train && isEmpty("train_splits"))
    report("LV3023", { problem: "`train_splits` is empty, so there is nothing to train on" }, [train]);
  const evaluate = find(recipe.run, "evaluate");
  if (training === false && evaluate && isEmpty("valid_splits") && isEmpty("test_splits")) {
    const problem = "`evaluate = true`, but `valid_splits` and `test_splits` are empty";
    report("LV3023", { problem }, [evaluate]);
  }
};
