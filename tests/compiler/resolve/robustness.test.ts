import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explainRecipe } from "../../../compiler/explain/index.ts";
import { checkText, recipe } from "../marked.ts";

const common = `let root = "data"
param seed: count = env("SEED", 42)
fragment files for dataset { build_info { images = root / "images" } }
`;

const whole =
  `lavis 1
import { root, seed, files } from "common.lavis"

/// Peak of the learning rate.
param peak_lr: number = 2e-5
param where: cpu | cuda = cpu
let steps = 1_000steps

recipe base {
  task captioning { max_len = 20tokens, min_len = 5 }
  model blip_caption.tiny { image_size = 64px + 2 * 16px }
  dataset emoji_caption {
    use files
    vis_processor {
      train = blip_image_train(min_scale = 25%)
      eval = blip_image_eval(image_size = 96px)
    }
  }
  schedule linear_warmup_cosine_lr { init_lr = peak_lr * 2  max_iters = steps * 4 }
  run { device = where, seed = seed, output_dir = "out/$` +
  `{peak_lr}" }
}

recipe small extends base { remove schedule
  run { valid_splits = [val, test] } }
`;

const settings = { files: { "/common.lavis": common } };
const flat = (source: string) => {
  const { partial, diagnostics, recipes } = checkText(source, settings);
  return { diagnostics, values: partial.map(explainRecipe), emitted: recipes.map(({ name }) => name) };
};

it("the recipe of these tests is right", () => {
  expect(flat(whole)).toMatchObject({ diagnostics: [], emitted: ["small"] });
});

it("resolves the same text to the same values", () => {
  expect(flat(whole)).toEqual(flat(whole));
});

describe("a broken recipe", () => {
  const tokens = whole.match(/\s+|\$\{|[{}()[\],="]|[^\s{}()[\],="$]+/g) ?? [];
  const token = fc.constantFrom(
    ...new Set(tokens),
    "none",
    "-1",
    "1/0",
    'env("X")',
    "use",
    "remove",
    "«",
    '"',
    "${",
    '"${ {',
  );

  /** Some tokens replaced, removed or doubled. */
  const mutation = fc
    .array(fc.tuple(fc.nat(tokens.length - 1), fc.constantFrom("replace", "remove", "double"), token), {
      minLength: 1,
      maxLength: 4,
    })
    .map((changes) => {
      const changed = [...tokens];
      for (const [at, how, other] of changes)
        changed[at] = { replace: other, remove: "", double: `${changed[at]} ${changed[at]}` }[how];
      return changed.join("").replaceAll(/[«»]/g, "?");
    });

  it("never throws, points into the texts that it has, and is emitted only without errors", () => {
    fc.assert(
      fc.property(mutation, (text) => {
        const { diagnostics, recipes, sources, partial } = checkText(text, settings);
        for (const { path, span, labels, fixes } of diagnostics) {
          const places = [{ path, span }, ...labels, ...fixes.flatMap(({ edits }) => edits)];
          for (const place of places) {
            const length = sources.get(place.path ?? path)?.text.length ?? -1;
            expect(place.span.start).toBeGreaterThanOrEqual(0);
            expect(place.span.end).toBeGreaterThanOrEqual(place.span.start);
            expect(place.span.end).toBeLessThanOrEqual(length);
          }
        }
        if (diagnostics.some(({ severity }) => severity === "error")) expect(recipes).toEqual([]);
        for (const one of partial) explainRecipe(one);
      }),
      { numRuns: 300 },
    );
  });

  it("never throws on a prefix", () => {
    for (let length = 0; length < whole.length; length += 7) checkText(whole.slice(0, length), settings);
  });
});

it("a deep chain of lets and recipes is no trouble", () => {
  const lets = Array.from({ length: 200 }, (_, index) => `let a${index + 1} = a${index} + 1`).join("\n");
  const { diagnostics } = checkText(
    recipe({ head: `let a0 = 0\n${lets}`, run: "run { device = cpu, seed = a200 }" }),
  );
  expect(diagnostics).toEqual([]);
});

describe("what would grow without bound is refused", () => {
  const times = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => text(index)).join("\n");
  const limits = (source: string, files: Readonly<Record<string, string>> = {}) =>
    checkText(source, { files }).diagnostics.filter(({ code }) => code === "LV2060");

  it.each([
    [
      "lets that have another twice",
      `let v0 = "ab"\n${times(60, (at) => `let v${at + 1} = "\${v${at}}\${v${at}}"`)}`,
    ],
    [
      "parameters that values have twice",
      `param p: number = 1\nlet v0 = p\n${times(60, (at) => `let v${at + 1} = v${at} + v${at}`)}`,
    ],
    ["a chain of lets", `${times(20_000, (at) => `let v${at} = v${at + 1} + 1`)}\nlet v20000 = 1`],
    ["a circle of lets", times(20_000, (at) => `let v${at} = v${(at + 1) % 20_000}`)],
    [
      "fragments that use another twice",
      `fragment f0 for run { seed = 1 }\n${times(60, (at) => `fragment f${at + 1} for run { use f${at} use f${at} }`)}\nrecipe r { run { use f60 } }`,
    ],
    [
      "a chain of fragments",
      `fragment f0 for run { seed = 1 }\n${times(20_000, (at) => `fragment f${at + 1} for run { use f${at} }`)}\nrecipe r { run { use f20000 } }`,
    ],
    [
      "a circle of fragments",
      `${times(20_000, (at) => `fragment f${at} for run { use f${(at + 1) % 20_000} }`)}\nrecipe r { run { use f0 } }`,
    ],
    ["a chain of recipes", `recipe r0 {}\n${times(5_000, (at) => `recipe r${at + 1} extends r${at} {}`)}`],
    [
      "a large recipe that many extend",
      `recipe base { dataset d from jsonl { annotations {\n${times(2_000, (at) => `s${at} = "a"`)}\n} } }\n${times(2_000, (at) => `recipe r${at} extends base {}`)}`,
    ],
  ])("%s", (_, source) => {
    expect(limits(source).length).toBeGreaterThan(0);
  });

  it("a chain of files", () => {
    const files = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, at) => [
        `/f${at}.lavis`,
        `import { v${at + 1} } from "f${at + 1}.lavis"\nlet v${at} = ${at}\n`,
      ]),
    );
    const [limit, ...others] = limits('import { v0 } from "f0.lavis"\n', files);
    expect(limit?.message).toContain("are more than 100");
    expect(others).toEqual([]);
  });
});

describe("names that nothing has", () => {
  const count = 3_000;
  const each = (text: (index: number) => string) =>
    Array.from({ length: count }, (_, at) => text(at)).join("\n");

  it.each([
    ["fragments", "LV2015", each((at) => `fragment name_${at} for run { use nam_${at} }`)],
    ["recipes", "LV2018", each((at) => `recipe name_${at} extends nam_${at} { }`)],
    ["lets", "LV2001", each((at) => `let name_${at} = nam_${at} + 1`)],
  ])("are reported for %s, with what is near among the first ones of the file", (_, code, source) => {
    const found = checkText(source).diagnostics.filter((one) => one.code === code);
    expect(found).toHaveLength(count);
    expect(found[1]?.notes.join()).toContain("name_1");
  });
});
