import { describe, expect, it } from "vitest";
import { catalog } from "../../../compiler/catalog/index.ts";
import { checkRecipe } from "../../../compiler/check-recipe.ts";
import { explainRecipe } from "../../../compiler/explain/index.ts";
import { memoryHost } from "../../../compiler/program/index.ts";
import type { Card } from "../../../runtime/card.ts";
import { lines } from "../marked.ts";

const cardOf = (kind: Card["kind"], name: string): Card => {
  const card = catalog.get(kind, name);
  if (!card) throw new Error(`there is no ${kind} ${name}`);
  return card;
};
const [model, dataset] = [cardOf("model", "blip_caption"), cardOf("dataset", "emoji_caption")];
const tiny = model.variants?.tiny ?? { doc: "", options: {} };

/** All that can give `run.log_freq` a value, weakest first: what it is then, and where it is said to come from. */
const layers = [
  ["the catalogue", 50, "default of run"],
  ["the model's card", 2, "default of model blip_caption"],
  ["the model's variant", 3, "default of model blip_caption.tiny"],
  ["the dataset's card", 4, "default of dataset emoji_caption"],
  ["the base recipe", 5, "recipe base, r.lavis:4"],
  ["a fragment", 6, "fragment first, r.lavis:2"],
  ["a fragment that is used after it", 7, "fragment second, r.lavis:3"],
  ["a key of the recipe's own", 8, "r.lavis:13 (depends on parameter freq)"],
  ["-p", 9, "r.lavis:13 (depends on parameter freq)"],
  ["--set", 10, "--set run.log_freq=10"],
] as const;

/** A recipe with the first layers, and nothing of those behind them. */
function explained(numLayers: number) {
  const has = (layer: (typeof layers)[number][0]) => layers.findIndex(([name]) => name === layer) < numLayers;
  const given = (layer: Parameters<typeof has>[0], value: number) =>
    has(layer) ? { defaults: { "run.log_freq": value } } : {};
  const { defaults: _, ...plain } = tiny;
  const cards = [
    {
      ...model,
      ...given("the model's card", 2),
      variants: { tiny: { ...plain, ...given("the model's variant", 3) } },
    },
    { ...dataset, ...given("the dataset's card", 4) },
  ];
  const text = `param freq: count = 8
fragment first for run { log_freq = 6 }
fragment second for run { log_freq = 7 }
recipe base { run { ${has("the base recipe") ? "log_freq = 5" : ""} } }
recipe r extends base {
  task captioning
  model blip_caption.tiny
  dataset emoji_caption {
    vis_processor { train = blip_image_train, eval = blip_image_eval }
    text_processor { train = blip_caption, eval = blip_caption }
  }
  schedule { init_lr = 1e-4, min_lr = 0, max_epoch = 1 }
  run { ${has("a key of the recipe's own") ? "log_freq = freq," : ""} batch_size_train = 1, batch_size_eval = 1, device = cpu
    ${has("a fragment") ? "use first" : ""}
    ${has("a fragment that is used after it") ? "use second" : ""}
  }
}
`;
  const { partial, diagnostics } = checkRecipe(memoryHost({ "/r.lavis": text }), "/r.lavis", {
    catalog: catalog.with(cards),
    params: has("-p") ? ["freq=9"] : [],
    sets: has("--set") ? ["run.log_freq=10"] : [],
    recipe: "r",
  });
  expect(lines(diagnostics)).toEqual([]);
  const last = partial.at(-1);
  return last ? explainRecipe(last) : [];
}

describe("precedence, from the catalogue up to the command line", () => {
  it.each(layers.map(([name, value, from], at) => [name, value, from, at + 1] as const))(
    "%s gives %i over all before it",
    (_, value, from, numLayers) => {
      const found = explained(numLayers).find(({ path }) => path === "run.log_freq");
      expect([found?.value, found?.from]).toEqual([value, from]);
    },
  );
});
