import { find, isNone, type Rule, trains } from "../../rule.ts";

/** LV3013, LV3014: a training has one length, in epochs or in iterations. */
export const oneTrainingLength: Rule = (recipe, report) => {
  const epochs = find(recipe.schedule, "max_epoch");
  const iterations = find(recipe.schedule, "max_iters");
  if (!epochs || !iterations || !trains(recipe)) return;
  if (!isNone(epochs) && !isNone(iterations)) {
    const isInherited = [epochs, iterations].some(
      ({ value: { origin } }) => origin.kind !== "recipe" || origin.inherited,
    );
    const notes = isInherited ? ["An inherited one goes away with `remove max_epoch`."] : [];
    report("LV3013", {}, [iterations, epochs], { notes });
  }
  if (recipe.model && isNone(epochs) && isNone(iterations)) {
    const header = recipe.schedule?.header;
    report("LV3014", {}, header ? [header] : []);
  }
};
