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

  it("says what the program takes values from when it runs, and what each is for", () => {
    const files = {
      "/base.lavis":
        'param root: path = env("ROOT", "data")\nsecret hub = env("HUB")\nrecipe base { model blip_caption.tiny { weights_token = hub, vocab_file = root / "v.txt" } }\n',
    };
    const { partial } = checkText(
      `import { base } from "base.lavis"\nparam s: count\nparam a: number = 0.5\nparam split: string = "val"
recipe r extends base {
  task captioning
  dataset emoji_caption { vis_processor { eval = blip_image_eval(mean = [a, 0.5, a * 2 - s]) } }
  run { device = cpu, seed = s, output_dir = "\${split}-\${s}" }
}\n`,
      { files },
    );
    const values = partial[0] ? explainRecipe(partial[0]) : [];
    const depending = values.filter(({ from }) => from.includes("("));
    expect(depending.map(({ path, from }) => `${path}: ${from}`)).toEqual([
      "param.root: base.lavis:1 (depends on $ROOT)",
      "model.weights_token: recipe base, base.lavis:3 (depends on $HUB)",
      "model.vocab_file: recipe base, base.lavis:3 (depends on parameter root)",
      "dataset.emoji_caption.vis_processor.eval.mean: r.lavis:7 (depends on parameter a and parameter s)",
      "run.output_dir: r.lavis:8 (depends on parameter split and parameter s)",
      "run.seed: r.lavis:8 (depends on parameter s)",
    ]);
    const about = (path: string) => values.find((value) => value.path === path);
    expect(about("param.s")).toMatchObject({ text: "(given when the program runs)", from: "r.lavis:2" });
    expect(about("run.seed")).toMatchObject({
      text: "(given when the program runs)",
      doc: expect.stringMatching(/^Seed of everything random/),
    });
    expect(about("secret.hub")?.from).toBe("the environment variable HUB, when the program runs");
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
