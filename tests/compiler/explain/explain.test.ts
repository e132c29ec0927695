import { describe, expect, it } from "vitest";
import { codesNear, explainCode, explainRecipe } from "../../../compiler/explain/index.ts";
import { checkText, recipe } from "../marked.ts";

describe("explain of a recipe", () => {
  it("shows every value with where it came from", () => {
    const { partial } = checkText(
      recipe({
        head: "/// Peak of the learning rate.\nparam peak_lr: number = 2e-5",
        schedule: "schedule { init_lr = peak_lr * 2 }",
      }),
      { sets: ["run.seed=7"] },
    );
    const [first] = partial;
    const shown = first
      ? explainRecipe(first).map(({ path, text, from }) => `${path} = ${text}  // ${from}`)
      : [];
    expect(shown.join("\n")).toMatchSnapshot();
  });

  it("says which values depend on a parameter, and what each is for", () => {
    const { partial } = checkText(recipe({ head: "param s: count", run: "run { device = cpu, seed = s }" }));
    const values = partial[0] ? explainRecipe(partial[0]) : [];
    expect(values.filter(({ isDynamic }) => isDynamic).map(({ path, text }) => [path, text])).toEqual([
      ["param.s", "(given when the program runs)"],
      ["run.seed", "(given when the program runs)"],
    ]);
    expect(values.find(({ path }) => path === "run.seed")?.doc).toMatch(/^Seed of everything random/);
  });
});

describe("explain of a code", () => {
  it("finds it by code and by slug, in any case", () => {
    expect(explainCode("lv2104")?.slug).toBe("mixed-dimensions");
    expect(explainCode("mixed-dimensions")?.code).toBe("LV2104");
    expect(explainCode("LV1004")?.explanation).not.toBe("");
    expect(explainCode("LV9999")).toBeUndefined();
  });

  it("suggests codes and slugs that there are", () => {
    expect(codesNear("LV210")).toContain("LV2101");
    expect(codesNear("mixed-dimension")).toEqual(["mixed-dimensions"]);
  });
});
