import { expect, it } from "vitest";
import { checkRecipe } from "../../../compiler/check-recipe.ts";
import { warmUp, warmUpRecipe } from "../../../compiler/lsp/analysis.ts";
import { memoryHost } from "../../../compiler/program/index.ts";

it("goes through parsing, resolving and checking, as the first document will", () => {
  expect(warmUp).not.toThrow();
  const { diagnostics, partial } = checkRecipe(memoryHost({ "/r.lavis": warmUpRecipe }), "/r.lavis");
  expect(diagnostics.filter(({ code }) => /^LV[12]/.test(code))).toEqual([]);
  expect(partial.map(({ model }) => model?.card.name)).toEqual(["blip_caption"]);
});
