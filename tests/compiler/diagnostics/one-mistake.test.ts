import { describe, expect, it } from "vitest";
import { checkText, lines, recipe } from "../marked.ts";

const codesOf = (source: string, settings = {}) =>
  checkText(source, settings).diagnostics.map(({ code }) => code);

describe("one mistake is said once", () => {
  it.each<[string, string, string[]]>([
    [
      "a name that a missing file should bring in",
      recipe({ head: 'import { lr } from "no.lavis"', schedule: "schedule { init_lr = lr }" }),
      ["LV2003"],
    ],
    [
      "such a name in arithmetic and in a text",
      recipe({
        head: 'import { lr } from "no.lavis"\nlet half = lr / 2',
        schedule: "schedule { init_lr = half }",
        run: `run { device = cpu, dist_url = "\${lr}" }`,
      }),
      ["LV2003"],
    ],
    [
      "a base that a missing file should bring in",
      'import { a } from "no.lavis"\nrecipe r extends a {}\n',
      ["LV2003"],
    ],
    ["a base that there is not", "recipe r extends a { run { device = cpu } }\n", ["LV2018"]],
    [
      "a fragment that there is not, which may have held what is missing",
      "recipe r {\n  use everything\n  run { device = cpu }\n}\n",
      ["LV2015"],
    ],
    [
      "a fragment that a missing file should bring in",
      `import { f } from "no.lavis"\n${recipe({ dataset: "dataset emoji_caption { use f }" })}`,
      ["LV2003"],
    ],
    [
      "a brace that is missing behind a dataset",
      recipe({ dataset: "dataset emoji_caption {", schedule: "schedule { max_epoch = 2 }" }),
      ["LV1016", "LV2035"],
    ],
    ["a number whose exponent breaks off", recipe({ schedule: "schedule { init_lr = 2e }" }), ["LV1018"]],
    ["a number of another base", recipe({ run: "run { device = cpu, seed = 0x10 }" }), ["LV1018"]],
    ["a number that is too large", recipe({ run: "run { device = cpu, seed = 1e400 }" }), ["LV1018"]],
    [
      "a parameter with an unknown type, and its uses",
      recipe({ head: "param lr: float = 1", schedule: "schedule { init_lr = lr * 2, warmup_lr = lr }" }),
      ["LV2110"],
    ],
  ])("%s", (_, source, codes) => {
    expect(codesOf(source)).toEqual(codes);
  });
});

describe("a slip in a value", () => {
  it("suggests the parameter that was meant", () => {
    const { diagnostics } = checkText(
      recipe({ head: "param peak_lr: number = 1e-4", schedule: "schedule { init_lr = peak_rl }" }),
    );
    expect(lines(diagnostics)).toEqual(["LV2101 `init_lr` must be a number, not the name `peak_rl`"]);
    expect(diagnostics[0]?.notes).toEqual(["Did you mean `peak_lr`?"]);
    expect(diagnostics[0]?.fixes[0]?.edits[0]?.text).toBe("peak_lr");
  });

  it.each([
    ["float", "number"],
    ["int", "count"],
    ["str", "string"],
  ])("suggests for the type %s of other languages %s", (foreign, ours) => {
    const { diagnostics } = checkText(recipe({ head: `param p: ${foreign} = 1` }));
    expect(diagnostics[0]?.notes).toContain(`Did you mean \`${ours}\`?`);
  });

  it("is quoted in part where it is long", () => {
    const { diagnostics } = checkText(recipe({ run: `run { device = cpu, seed = "${"x".repeat(500)}" }` }));
    expect(diagnostics[0]?.message.length).toBeLessThan(150);
  });
});

describe("--set", () => {
  it.each([
    ["init_lr=3", "Did you mean `schedule.init_lr`?"],
    ["rnu.seed=3", "Did you mean `run.seed`?"],
    ["nonsense=3", "It is written `--set section.key=value`."],
    ["run.seed", "It is written `--set section.key=value`."],
    ["run.init_lr=3", "Did you mean `schedule.init_lr`?"],
    ["schedule.lr_decay_rate=0.5", "It is an option of `linear_warmup_step_lr` only."],
    ["schedule=constant_lr", "Only options can be set; what stands behind `schedule` is the recipe's own."],
  ])("%s: %s", (set, note) => {
    const { diagnostics } = checkText(recipe(), { sets: [set] });
    expect(diagnostics.map(({ code, notes }) => [code, notes])).toEqual([["LV2026", [note]]]);
  });

  const two = `${recipe()}\n${recipe().replace("recipe r", "recipe s")}`;

  it("is for the recipe that was asked for", () => {
    const seeds = (settings: object) =>
      checkText(two, { sets: ["run.seed=7"], ...settings }).recipes.map(({ run }) => {
        const seed = run.options.get("seed");
        return seed?.kind === "scalar" ? seed.value : undefined;
      });
    expect(seeds({})).toEqual([7, 7]);
    expect(seeds({ recipe: "s" })).toEqual([42, 7]);
  });
});
