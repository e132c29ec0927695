import { placeIn } from "../../../program/index.ts";
import { declarationRemoval } from "../../removal.ts";
import { fileRule } from "../../rule.ts";
import { unusedDeclarations } from "../../usage.ts";

export const unusedParam = fileRule(
  {
    code: "LV4011",
    slug: "unused-param",
    message: "nothing in this file uses the parameter `{name}`",
    help: "Use it, or remove it.",
    explanation:
      "A parameter is what a recipe offers to whoever runs it. One that nothing uses is a flag of the program that does " +
      "nothing: `--name 8` is taken, and the run is the same.",
    example: {
      invalid: "param seed: count = 7\n\nrecipe caption {\n  run { seed = 42 }\n}\n",
      valid: "param seed: count = 7\n\nrecipe caption {\n  run { seed = seed }\n}\n",
      given: { name: "seed" },
    },
  },
  (file, report) => {
    const { entry } = file.program;
    for (const declaration of unusedDeclarations(file, "param")) {
      const fixes = [declarationRemoval(entry, declaration)];
      report({ name: declaration.name.text }, placeIn(entry, declaration.name), { fixes });
    }
  },
);
