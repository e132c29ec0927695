import { engineCard } from "../../../../runtime/engine/engines.card.ts";
import { find, flagOf, type Rule, textOf, trains } from "../../rule.ts";

/** LV3028: an engine that is to train in mixed precision has it. */
export const engineHasMixedPrecision: Rule = (recipe, report) => {
  const amp = find(recipe.run, "amp");
  const engine = find(recipe.run, "engine");
  const name = textOf(engine);
  if (!amp || !engine || name === undefined || flagOf(amp) !== true || trains(recipe) !== true) return;
  if (engineCard(name)?.hasMixedPrecision === false) report("LV3028", { engine: name }, [amp, engine]);
};
