import { expect, it } from "vitest";
import { checkRecipe } from "../../compiler/check-recipe.ts";
import { memoryHost } from "../../compiler/program/index.ts";
import { corpus, everything, importedFiles } from "./corpus.ts";
import { mutate, Random } from "./mutate.ts";
import { throughEverything } from "./pipeline.ts";

const numMutations = 300;

it("starts from a file that is right, so that what comes after errors is tried as well", () => {
  const host = memoryHost({ ...importedFiles, "/r.lavis": everything });
  const { recipes, diagnostics } = checkRecipe(host, "/r.lavis");
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  expect(recipes.map(({ name }) => name)).toEqual(["small", "mine"]);
});

it.each(corpus())("a recipe keeps every promise as it is (%#)", (text) => {
  throughEverything(text);
});

it(`${numMutations} mutations of recipes break no promise (\`npm run fuzz\` tries 100,000)`, () => {
  const texts = corpus();
  // The same in each run of the suite; `npm run fuzz` tries others.
  const firstSeed = 1;
  for (let seed = firstSeed; seed < firstSeed + numMutations; seed++) {
    const text = mutate(texts, new Random(seed));
    expect(() => throughEverything(text), `seed ${seed}, try \`npm run fuzz -- 1 ${seed}\``).not.toThrow();
  }
});
