import { find, flagOf, type Rule, textOf, trains } from "../../rule.ts";

/** What computes in float32 only. */
const withoutMixedPrecision: ReadonlySet<string> = new Set(["wasm", "tfjs_node", "tfjs_node_gpu"]);

/** LV3028: an engine that is to train in mixed precision has it. */
export const engineHasMixedPrecision: Rule = (recipe, report) => {
  const amp = find(recipe.run, "amp");
  const engine = find(recipe.run, "engine");
  const name = textOf(engine);
  if (!amp || !engine || name === undefined || flagOf(amp) !== true || trains(recipe) !== true) return;
  if (withoutMixedPrecision.has(name)) report("LV3028", { engine: name }, [amp, engine]);
};
