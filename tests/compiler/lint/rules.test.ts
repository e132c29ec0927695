import { describe, expect, it } from "vitest";
import { lintSettings, readConfiguration } from "../../../compiler/config/index.ts";
import type { Example } from "../../../compiler/diagnostics/index.ts";
import { allMessages } from "../../../compiler/explain/index.ts";
import { lintRules } from "../../../compiler/lint/index.ts";
import { format, parse, SourceText } from "../../../grammar/index.ts";
import { said, shownOf } from "../explain/shown.ts";
import { recipe } from "../marked.ts";
import { findings, lintFiles, lintText } from "./linted.ts";

/** The settings of a project whose lavisc.json is that of an example. */
const settingsOf = ({ configuration = {} }: Example) =>
  lintSettings(readConfiguration(JSON.stringify(configuration), "lavisc.json", "/"));

describe.each(lintRules.map((rule) => [rule.slug, rule] as const))("%s", (_, rule) => {
  const { invalid, valid, files = {} } = rule.example;
  const settings = settingsOf(rule.example);
  const lintExample = (text: string) =>
    lintFiles({ ...files, "r.lavis": text }, settings, ["r.lavis"]).findings.filter(
      ({ code }) => code === rule.code,
    );

  it("reports its invalid example once, as a warning with the message that is shown", () => {
    const found = lintExample(invalid);
    expect(found.map(({ severity }) => severity)).toEqual(["warning"]);
    expect(said(found, rule.code)).toEqual([shownOf(rule.code)]);
  });

  it("has nothing to say about its valid example, and nor has any other rule", () => {
    expect(findings(lintFiles({ ...files, "r.lavis": valid }, settings, ["r.lavis"]))).toEqual([]);
  });

  it("shows examples that parse and are formatted", () => {
    for (const text of [invalid, valid]) {
      expect(parse(new SourceText(text)).diagnostics).toEqual([]);
      expect(format(text)).toBe(text);
    }
  });

  it("is explained: why, and how to repair it", () => {
    expect(rule.explanation.length).toBeGreaterThan(100);
    expect(rule.help).toMatch(/[.:`)]$/);
    expect(allMessages[rule.code]).toBe(rule);
  });
});

it("has a code of its own for each rule, without gaps", () => {
  expect(lintRules.map(({ code }) => code)).toEqual(lintRules.map((_, at) => `LV${4001 + at}`));
});

describe("processors of one's own", () => {
  const declaring = 'recipe base {\n  vis_processor square from "./square.ts"\n  dataset coco_caption\n}\n';
  const of = (files: Readonly<Record<string, string>>) =>
    findings(lintFiles(files)).filter((one) => one.startsWith("LV4020"));

  it("may be used by another recipe of the file, or stand in one that another file extends", () => {
    const using = "  dataset coco_caption { vis_processor { train = square } }\n}\n";
    expect(of({ "r.lavis": `${declaring}\nrecipe r extends base {\n${using}` })).toEqual([]);
    const other = `import { base } from "base.lavis"\n\nrecipe r extends base {\n${using}`;
    expect(of({ "base.lavis": declaring, "r.lavis": other })).toEqual([]);
    expect(of({ "base.lavis": declaring })).toHaveLength(1);
  });

  it("are found in fragments too", () => {
    const fragment = 'fragment parts for recipe {\n  text_processor plain from "./plain.ts"\n}\n';
    const text = `${fragment}\nrecipe r {\n  use parts\n  dataset coco_caption\n}\n`;
    expect(of({ "r.lavis": text })).toEqual(["LV4020 nothing in this file uses the text_processor `plain`"]);
    expect(of({ "r.lavis": fragment })).toEqual([]);
  });
});

describe("warm-up", () => {
  const of = (schedule: string, run = "") =>
    findings(
      lintText(`recipe r {\n  schedule linear_warmup_cosine_lr { ${schedule} }\n  run { ${run} }\n}\n`),
    );
  it("may be anything where the length is not counted in steps, or nothing is trained", () => {
    expect(of("max_epoch = 1, warmup_steps = 1_000_000")).toEqual([]);
    expect(of("max_iters = 10, warmup_steps = 9")).toEqual([]);
    expect(of("max_iters = 10, warmup_steps = 10")).toHaveLength(1);
    expect(of("max_iters = 10, warmup_steps = 99", "evaluate = true")).toEqual([
      "LV4003 `schedule` is for training, but `evaluate = true`",
    ]);
  });

  it("is counted in optimizer steps, of which one takes several batches", () => {
    expect(of("max_iters = 10, warmup_steps = 5", "accum_grad_iters = 2")).toEqual([
      "LV4001 warm-up takes 5 steps, but training ends after 5",
    ]);
  });

  it("may be shorter than epochs whose samples the data set's card counts", () => {
    // 19,344 samples: 604 steps of 32.
    const over = (warmup: number, dataset = "dataset emoji_caption") =>
      findings(
        lintText(
          recipe({
            dataset,
            schedule: `schedule { init_lr = 1e-3, max_epoch = 2, warmup_steps = ${warmup} }`,
            run: "run { device = cpu, batch_size_train = 32 }",
          }),
        ),
      );
    expect(over(1207)).toEqual([]);
    expect(over(1208)).toEqual(["LV4001 warm-up takes 1208 steps, but training ends after 1208"]);
    const own = 'dataset emoji_caption { build_info { annotations { train = "mine.json" } } }';
    expect(over(9999, own)).toEqual([]);
  });
});

describe("memory above the device's", () => {
  const of = (run: string, deviceMemory: number | undefined, model = "model blip_caption.base_coco") =>
    findings(lintText(recipe({ model, run: `run { ${run} }` }), { deviceMemory }));

  it("is told where lavisc.json says what the device has", () => {
    expect(of("batch_size_train = 64", 24e9)).toEqual([
      expect.stringMatching(
        /^LV4019 training needs about \d+\.\d GB of memory, but the device has 24\.0 GB$/,
      ),
    ]);
    expect(of("batch_size_train = 64", 80e9)).toEqual([]);
    expect(of("batch_size_train = 64", undefined)).toEqual([]);
  });

  it("is none of recipes that only evaluate, nor of models whose size is not known", () => {
    expect(of("batch_size_train = 64, evaluate = true", 1e9)).toEqual([]);
    expect(of("batch_size_train = 64", 1e9, 'model blip_caption.tiny { vocab_file = "v.txt" }')).toEqual([]);
    expect(of("batch_size_train = 64", 1e9, "model albef_retrieval.coco")).toEqual([]);
  });
});

describe("training keys in an evaluation", () => {
  it("may be inherited from a training recipe, or the run may choose", () => {
    const base = "recipe train {\n  optimizer adamw { beta1 = 0.8 }\n}\n";
    expect(
      findings(lintText(`${base}\nrecipe test extends train {\n  run { evaluate = true }\n}\n`)),
    ).toEqual([]);
    const chosen =
      "param only_test: bool = true\n\nrecipe r {\n  optimizer adamw { beta1 = 0.8 }\n  run { evaluate = only_test }\n}\n";
    expect(findings(lintText(chosen))).toEqual([]);
  });
});

describe("strings", () => {
  const of = (value: string, head = "") =>
    findings(lintText(`${head}recipe r {\n  run { output_dir = ${value} }\n}\n`)).map((line) =>
      line.slice(0, 6),
    );
  it.each([
    ["relative", '"output/a"', []],
    ["in the cache", '"cache:data/a"', []],
    ["a URL", '"https://example.org/a"', []],
    ["absolute", '"/data/a"', ["LV4007"]],
    ["of Windows", '"C:\\\\data"', ["LV4007"]],
    ["of a home folder", '"~/data"', ["LV4007"]],
    ["absolute before an expression", `"/data/$${"{1 + 1}"}"`, ["LV4007"]],
    ["a placeholder", '"/path/to/output"', ["LV4008"]],
    ["a placeholder in angle brackets", '"output/<run name>"', ["LV4008"]],
    ["LAVIS's own export folder", '"/export/home/.cache"', ["LV4008"]],
    ["with a key of a service", `"hf_${"a1".repeat(17)}"`, ["LV4010"]],
    ["with a password", '"ftp://me:hunter2@example.org/"', ["LV4010"]],
    ["with a port, which is no password", '"http://example.org:8080/a@b"', []],
  ])("%s", (_, value, codes) => {
    expect(of(value)).toEqual(codes);
  });

  it("are secrets by the name of what they are for, but not tokens of text", () => {
    const lets = (text: string) => findings(lintText(`${text}\n`));
    expect(lets('let hub_token = "abc"')).toEqual(["LV4010 this string looks like a secret, by its name"]);
    expect(lets('let bos_token = "[DEC]"\nlet password = ""')).toEqual([]);
  });

  it("are not looked at in comments, imports and parameters' absolute defaults", () => {
    expect(findings(lintText('// /data/a\nparam root: path = "/data"\n'))).toEqual([]);
    expect(
      findings(
        lintFiles({ "a.lavis": 'import { x } from "/b.lavis"\nlet y = x\n', "b.lavis": "let x = 1\n" }),
      ),
    ).toEqual([]);
  });
});

describe("unused names", () => {
  it("are not reported of a file that is there to be imported", () => {
    expect(findings(lintText("let a = 1\nparam b: number = 2\nfragment f for run { }\n"))).toEqual([]);
  });

  it("are not reported where another file of the run imports them", () => {
    const shared = "let rate = 1e-5\n\nrecipe base {\n  task captioning\n}\n";
    const user = 'import { rate } from "shared.lavis"\n\nlet twice = 2 * rate\n';
    expect(findings(lintFiles({ "shared.lavis": shared }))).toHaveLength(1);
    expect(findings(lintFiles({ "shared.lavis": shared, "user.lavis": user }))).toEqual([]);
  });

  it("are used in strings, by `use` and by `extends`", () => {
    const text =
      'let name = "a"\n\nfragment f for run { seed = 1 }\n\nrecipe base {\n  run {\n    use f\n    output_dir = "out/$' +
      '{name}"\n  }\n}\n\nrecipe r extends base {\n}\n';
    expect(findings(lintText(text))).toEqual([]);
    const importing = 'import { base } from "b.lavis"\n\nrecipe r extends base {\n}\n';
    expect(findings(lintFiles({ "r.lavis": importing, "b.lavis": "recipe base {\n}\n" }))).toEqual([]);
  });

  it("may be used by what the parser could not read", () => {
    expect(findings(lintText("let rate = 1\n\nrecipe r {\n  schedule { init_lr rate * }\n}\n"))).toEqual([]);
    expect(findings(lintText("let rate = 1\n\nrecipe r {\n  schedule { init_lr = }\n}\n"))).toHaveLength(1);
  });

  it("of an import that cannot be had are not reported again", () => {
    expect(findings(lintText('import { a } from "gone.lavis"\n'))).toEqual([]);
  });
});

describe("datasets", () => {
  const of = (first: string, second: string) =>
    findings(
      lintText(`recipe r {\n  dataset coco_caption { ${first} }\n  dataset emoji_caption { ${second} }\n}\n`),
    );
  it("may share their batches unevenly, but wholly", () => {
    expect(of("ratio = 0.7", "ratio = 0.3")).toEqual([]);
    expect(of("ratio = 0.7", "ratio = 0.2")).toEqual([
      "LV4004 the ratios of the datasets sum to 0.9, not to 1",
    ]);
    expect(of("ratio = 0.7", "")).toEqual([
      "LV4005 some datasets have a `ratio`, but not `emoji_caption`: by size, they share what is left",
    ]);
  });

  it("have the whole where there is one, and count where they have a split to train on", () => {
    const one = (ratio: string) => findings(lintText(`recipe r {\n  dataset coco_caption { ${ratio} }\n}\n`));
    expect(one("ratio = 1")).toEqual([]);
    expect(one("ratio = 0.3")).toEqual(["LV4004 the ratios of the datasets sum to 0.3, not to 1"]);
    const evaluated =
      'dataset mine from csv { annotations { val = "val.csv" } }\n  run { valid_splits = [val], test_splits = [] }';
    expect(
      findings(lintText(`recipe r {\n  dataset coco_caption { ratio = 1 }\n  ${evaluated}\n}\n`)),
    ).toEqual([]);
  });

  it("have the same processors, options included, in each phase that they have", () => {
    const crop = (scale: number) => `vis_processor { train = blip_image_train(min_scale = ${scale}) }`;
    expect(of(crop(0.5), crop(0.5))).toEqual([]);
    expect(of(crop(0.5), crop(0.6))).toEqual([
      "LV4006 for training, `coco_caption` has the vis_processor blip_image_train(min_scale = 0.5), but `emoji_caption` has blip_image_train(min_scale = 0.6)",
    ]);
  });
});
