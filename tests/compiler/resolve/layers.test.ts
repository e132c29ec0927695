import { describe, expect, it } from "vitest";
import { explainRecipe } from "../../../compiler/explain/index.ts";
import { type CheckSettings, checkText, lines } from "../marked.ts";

const sections =
  "task captioning\n  model blip_caption.tiny\n  dataset emoji_caption\n  run { device = cpu }";

/** The values of the last recipe of a file by path. */
function valuesOf(source: string, settings: CheckSettings = {}) {
  const { partial, diagnostics } = checkText(source, settings);
  expect(lines(diagnostics)).toEqual([]);
  const last = partial.at(-1);
  return new Map(last ? explainRecipe(last).map((one) => [one.path, one] as const) : []);
}

describe("precedence", () => {
  const common = {
    "/lib/common.lavis": "fragment fast for run { seed = 3  log_freq = 3  num_workers = 3 }\n",
  };
  const source = `import { fast } from "lib/common.lavis"
fragment quiet for run { log_freq = 4  num_workers = 4 }
recipe base {
  ${sections}
}
recipe middle extends base { run { seed = 1  save_freq = 1  log_freq = 1 } }
recipe r extends middle { run { num_workers = 5  use fast  use quiet } }
`;
  const values = valuesOf(source, { files: common, sets: ["run.save_last=false"] });

  it.each([
    ["run.val_freq", 1, "default of run"],
    ["run.save_freq", 1, "recipe middle, r.lavis:9"],
    ["run.device", "cpu", "recipe base, r.lavis:7"],
    ["run.seed", 3, "fragment fast, lib/common.lavis:1"],
    ["run.log_freq", 4, "fragment quiet, r.lavis:2"],
    ["run.num_workers", 5, "r.lavis:10"],
    ["run.save_last", false, "--set run.save_last=false"],
  ])("gives %s = %j from %s", (path, value, from) => {
    expect([values.get(path)?.value, values.get(path)?.from]).toEqual([value, from]);
  });

  it("puts --set over everything, the last one first", () => {
    const last = valuesOf(source, { files: common, sets: ["run.num_workers=7", "run.num_workers=8"] });
    expect(last.get("run.num_workers")?.value).toBe(8);
  });
});

describe("extends", () => {
  it("merges sections of the same label and of none, key by key", () => {
    const values = valuesOf(
      `recipe a {\n  ${sections}\n  schedule constant_lr { init_lr = 1e-3  max_epoch = 2 }\n}\nrecipe b extends a { schedule { max_epoch = 9 }  dataset { data_type = images } }\n`,
    );
    expect(values.get("schedule")?.value).toBe("constant_lr");
    expect(values.get("schedule.init_lr")?.value).toBe(1e-3);
    expect(values.get("schedule.max_epoch")?.value).toBe(9);
  });

  it("replaces a section of another label", () => {
    const values = valuesOf(
      `recipe a {\n  ${sections}\n  schedule constant_lr { init_lr = 1e-3  max_epoch = 2 }\n}\nrecipe b extends a { schedule linear_warmup_step_lr }\n`,
    );
    expect(values.get("schedule.init_lr")?.value).toBe(5e-4);
    expect(values.get("schedule.lr_decay_rate")?.value).toBe(0.9);
  });

  it("replaces lists", () => {
    const values = valuesOf(
      `recipe a {\n  ${sections}\n}\nrecipe b extends a { run { valid_splits = [test, val] } }\nrecipe c extends b { run { valid_splits = [test] } }\n`,
    );
    expect(values.get("run.valid_splits")?.value).toEqual(["test"]);
  });

  it("adds datasets of other names, and removes them", () => {
    const base = `recipe a {\n  ${sections}\n}\n`;
    const added = valuesOf(`${base}recipe b extends a { dataset coco_caption }\n`);
    expect([
      added.has("dataset.emoji_caption.data_type"),
      added.has("dataset.coco_caption.data_type"),
    ]).toEqual([true, true]);
    const replaced = valuesOf(
      `${base}recipe b extends a { remove dataset emoji_caption  dataset coco_caption }\n`,
    );
    expect([
      replaced.has("dataset.emoji_caption.data_type"),
      replaced.has("dataset.coco_caption.data_type"),
    ]).toEqual([false, true]);
  });

  it("removes an inherited section, whose default then holds, by its kind or its kind and name", () => {
    const base = `recipe a {\n  ${sections}\n  schedule constant_lr { init_lr = 1e-3 }\n}\n`;
    for (const removal of ["remove schedule", "remove schedule constant_lr"]) {
      const values = valuesOf(`${base}recipe b extends a { ${removal} }\n`);
      expect(values.get("schedule")?.value).toBe("linear_warmup_cosine_lr");
      expect(values.get("schedule.init_lr")?.value).toBe(5e-4);
    }
  });

  it("removes an inherited key, and with it what it excluded", () => {
    const values = valuesOf(
      `recipe a {\n  ${sections}\n  schedule { max_epoch = 2 }\n}\nrecipe b extends a { schedule { remove max_epoch, max_iters = 10 } }\n`,
    );
    expect([values.get("schedule.max_epoch")?.value, values.get("schedule.max_iters")?.value]).toEqual([
      null,
      10,
    ]);
  });

  it("overrides an option of an inherited component by a block", () => {
    const values = valuesOf(
      `recipe a {\n  ${sections}\n}\nrecipe b extends a { dataset emoji_caption { vis_processor { train = blip_image_train(min_scale = 0.3, max_scale = 0.9) } } }\nrecipe c extends b { dataset emoji_caption { vis_processor { train { min_scale = 0.4 } } } }\n`,
    );
    const path = "dataset.emoji_caption.vis_processor.train";
    expect([values.get(`${path}.min_scale`)?.value, values.get(`${path}.max_scale`)?.value]).toEqual([
      0.4, 0.9,
    ]);
  });

  it("keeps paths relative to the files that wrote them: base, fragment, parameter and own", () => {
    const files = {
      "/lib/base.lavis": `param root: path = "data"
fragment pictures for build_info { images = "pictures" }
recipe base { model blip_caption.tiny { vocab_file = "v.txt" }  run { resume_ckpt_path = root / "last" } }
`,
    };
    const source = `import { base, pictures } from "lib/base.lavis"
recipe r extends base {
  task captioning
  dataset emoji_caption { build_info { use pictures  annotations { train = "own/train.json" } } }
  run { device = cpu }
}
`;
    const paths = [
      "model.vocab_file",
      "run.resume_ckpt_path",
      "dataset.emoji_caption.build_info.images",
      "dataset.emoji_caption.build_info.annotations.train.storage",
    ];
    const found = (settings: CheckSettings) => {
      const values = valuesOf(source, { files, ...settings });
      return paths.map((path) => values.get(path)?.value);
    };
    expect(found({})).toEqual(["/lib/v.txt", "/lib/data/last", "/lib/pictures", "/own/train.json"]);
    // What the command line gives is relative to where it is typed.
    expect(found({ params: ["root=mine"], sets: ["model.vocab_file=w.txt"] })).toEqual([
      "/w.txt",
      "/mine/last",
      "/lib/pictures",
      "/own/train.json",
    ]);
  });

  it("lets a recipe that others extend be incomplete, and emits only the whole ones", () => {
    const { recipes, diagnostics } = checkText(
      `recipe a { run { device = cpu } }\nrecipe b extends a { task captioning  model blip_caption.tiny  dataset emoji_caption }\n`,
    );
    expect(lines(diagnostics)).toEqual([]);
    expect(recipes.map(({ name, bases }) => [name, bases])).toEqual([["b", ["a"]]]);
  });

  it("reports a mistake of a base once, where it stands", () => {
    const { diagnostics } = checkText(
      `recipe a {\n  ${sections}\n  optimizer { beta3 = 1 }\n}\nrecipe b extends a { }\nrecipe c extends b { }\n`,
    );
    expect(lines(diagnostics)).toEqual(["LV2009 `beta3` is not an option of optimizer `adamw`"]);
  });
});

describe("fragments", () => {
  it("splice nested blocks, and may use others of their kind", () => {
    const values = valuesOf(
      `fragment files for build_info { images = "i" }\nfragment all for dataset { build_info { use files } }\nrecipe r {\n  task captioning\n  model blip_caption.tiny\n  dataset emoji_caption { use all }\n  run { device = cpu }\n}\n`,
    );
    expect(values.get("dataset.emoji_caption.build_info.images")?.value).toBe("/i");
    expect(values.get("dataset.emoji_caption.build_info.images")?.from).toBe("fragment files, r.lavis:1");
  });
});

describe("--set", () => {
  const source = `let base = 8\nrecipe r {\n  ${sections}\n}\n`;
  it.each([
    ["run.amp=false", "run.amp", false],
    ["run.output_dir=a b/c", "run.output_dir", "a b/c"],
    ['run.output_dir="q"', "run.output_dir", "q"],
    ["run.resume_ckpt_path=none", "run.resume_ckpt_path", null],
    ["run.valid_splits=[test]", "run.valid_splits", ["test"]],
    ["run.batch_size_train=base * 2", "run.batch_size_train", 16],
    ["schedule.warmup_steps=1_000steps", "schedule.warmup_steps", 1000],
    ["model.prompt=a photo of", "model.prompt", "a photo of"],
    ["dataset.build_info.images=/data", "dataset.emoji_caption.build_info.images", "/data"],
    [
      "dataset.emoji_caption.build_info.annotations.val.storage=v.json",
      "dataset.emoji_caption.build_info.annotations.val.storage",
      "/v.json",
    ],
    [
      "dataset.vis_processor.train.min_scale=25%",
      "dataset.emoji_caption.vis_processor.train.min_scale",
      0.25,
    ],
    [
      "dataset.vis_processor.train=blip_image_eval",
      "dataset.emoji_caption.vis_processor.train",
      { name: "blip_image_eval" },
    ],
  ])("%s", (setting, path, value) => {
    const found = valuesOf(source, { sets: [setting] }).get(path);
    expect(
      typeof value === "object" && value !== null && !Array.isArray(value) ? found?.value : [found?.value],
    ).toMatchObject(typeof value === "object" && value !== null && !Array.isArray(value) ? value : [value]);
    expect(found?.from).toBe(`--set ${setting}`);
  });

  it.each([
    ["run.seed=x", "LV2101 `seed` must be an integer from 0 on, not the name `x`", 9],
    ["run.device=gpu", "LV2106 there is no device `gpu` for `device`", 11],
  ])("%s is typed", (setting, line, start) => {
    const { diagnostics, sources } = checkText(source, { sets: [setting] });
    expect(lines(diagnostics)).toEqual([line]);
    expect(diagnostics[0]?.span.start).toBe(start);
    expect(sources.get(diagnostics[0]?.path ?? "")?.text).toBe(setting);
  });

  it("reports a value that is no expression inside of what was given", () => {
    const { diagnostics } = checkText(source, { sets: ["run.seed=1 +"] });
    expect(diagnostics.length).toBeGreaterThan(0);
    for (const { path, span } of diagnostics) {
      expect(path).toBe("--set run.seed=1 +");
      expect(span.start).toBeGreaterThanOrEqual("run.seed=".length);
      expect(span.end).toBeLessThanOrEqual("run.seed=1 +".length);
    }
  });
});

describe("a label that an earlier layer gave", () => {
  it.each([
    ["run", "run x { seed = 1 }", "run { seed = 2 }", "LV2022"],
    ["model", "model blip_captoin.tiny", "model { image_size = 64 }", "LV2007"],
    ["model", "model blip_caption.tni", "model { image_size = 64 }", "LV2008"],
  ])(
    "is reported where it stands, or at the section that has it from there: %s",
    (kind, first, second, code) => {
      const base = `recipe a {\n  ${first}\n}\n`;
      const text = `import { a } from "base.lavis"\nrecipe b extends a { ${second} }\n`;
      const { diagnostics } = checkText(text, { files: { "/base.lavis": base } });
      const found = diagnostics.find((one) => one.code === code);
      expect(found && text.slice(found.span.start, found.span.end)).toBe(kind);
      expect(found?.fixes).toEqual([]);
    },
  );
});
