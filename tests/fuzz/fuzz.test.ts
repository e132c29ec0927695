import { expect, it } from "vitest";
import { corpus } from "./corpus.ts";
import { mutate, Random } from "./mutate.ts";
import { throughEverything } from "./pipeline.ts";

const numMutations = 300;

it.each(corpus().map((text) => [text.slice(0, 60), text]))(
  "a recipe keeps every promise as it is: %s",
  (_, text) => {
    throughEverything(text);
  },
);

it(`${numMutations} mutations of recipes break no promise (\`npm run fuzz\` tries 100,000)`, () => {
  const texts = corpus();
  // Others in each run, and the same again by the seed that is named.
  const firstSeed = Math.floor(Math.random() * 2 ** 31);
  for (let seed = firstSeed; seed < firstSeed + numMutations; seed++) {
    const text = mutate(texts, new Random(seed));
    expect(() => throughEverything(text), `seed ${seed}, try \`npm run fuzz -- 1 ${seed}\``).not.toThrow();
  }
});
