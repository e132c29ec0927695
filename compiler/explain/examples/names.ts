import type { ExamplesOf, MessageCode, Messages } from "../../diagnostics/index.ts";

type Code = Extract<MessageCode, `LV20${string}`>;

/** What gives each diagnostic about names, and the same as it should be. Sections stand in a recipe. */
export const nameExamples: ExamplesOf<Messages, Code> = {
  LV2001: {
    invalid: 'let root = "data"\nlet images = roots / "coco"',
    valid: 'let root = "data"\nlet images = root / "coco"',
    given: { name: "roots" },
  },
  LV2002: {
    invalid: "let size = 224\nparam size: count = 384",
    valid: "param size: count = 384",
    given: { name: "size" },
  },
  LV2003: {
    invalid: 'import { root } from "comon.lavis"',
    valid: 'import { root } from "common.lavis"',
    given: { path: "comon.lavis" },
    files: { "common.lavis": 'let root = "data"\n' },
  },
  LV2004: {
    invalid: 'import { rot } from "common.lavis"',
    valid: 'import { root } from "common.lavis"',
    given: { file: "common.lavis", name: "rot" },
    files: { "common.lavis": 'let root = "data"\n' },
  },
  LV2005: {
    invalid: 'import { rate } from "rates.lavis"\n\nlet scale = 2',
    valid: "let scale = 2\nlet rate = 1e-5 * scale",
    given: { cycle: "r.lavis → rates.lavis → r.lavis" },
    files: { "rates.lavis": 'import { scale } from "r.lavis"\nlet rate = 1e-5 * scale\n' },
  },
  LV2006: {
    invalid: "recipe caption {\n  optimiser adamw { beta1 = 0.8 }\n}",
    valid: "recipe caption {\n  optimizer adamw { beta1 = 0.8 }\n}",
    given: { kind: "optimiser" },
  },
  LV2007: {
    invalid: "schedule linear_warmup_cosin_lr",
    valid: "schedule linear_warmup_cosine_lr",
    given: { kind: "schedule", name: "linear_warmup_cosin_lr" },
  },
  LV2008: {
    invalid: "model blip_caption.base_cocoa",
    valid: "model blip_caption.base_coco",
    given: { kind: "model", name: "blip_caption", variant: "base_cocoa" },
  },
  LV2009: {
    invalid: "schedule { max_epohc = 5 }",
    valid: "schedule { max_epoch = 5 }",
    given: { key: "max_epohc", owner: "schedule `linear_warmup_cosine_lr`" },
  },
  LV2010: {
    invalid: "run { max_epoch = 5 }",
    valid: "schedule { max_epoch = 5 }",
    given: { key: "max_epoch", section: "schedule", owner: "`run`" },
  },
  LV2011: {
    invalid: "run { test = [test] }",
    valid: "run { test_splits = [test] }",
    given: { found: "test", ours: "`test_splits`" },
  },
  LV2012: {
    invalid: "schedule linear_warmup_cosine_lr { lr_decay_rate = 0.9 }",
    valid: "schedule linear_warmup_step_lr { lr_decay_rate = 0.9 }",
    given: {
      key: "lr_decay_rate",
      owner: "schedule `linear_warmup_cosine_lr`",
      instead: "`linear_warmup_step_lr`",
    },
  },
  LV2013: {
    invalid: "run {\n  seed = 1\n  seed = 2\n}",
    valid: "run {\n  seed = 2\n}",
    given: { key: "seed" },
  },
  LV2014: {
    invalid: "recipe caption {\n  run { seed = 1 }\n  run { save_last = false }\n}",
    valid: "recipe caption {\n  run { seed = 1, save_last = false }\n}",
    given: { section: "run" },
  },
  LV2015: {
    invalid: "fragment fast for run { seed = 1 }\n\nrecipe caption {\n  run { use fats }\n}",
    valid: "fragment fast for run { seed = 1 }\n\nrecipe caption {\n  run { use fast }\n}",
    given: { name: "fats" },
  },
  LV2016: {
    invalid: "fragment fast for run { seed = 1 }\n\nrecipe caption {\n  schedule { use fast }\n}",
    valid: "fragment fast for run { seed = 1 }\n\nrecipe caption {\n  run { use fast }\n}",
    given: { name: "fast", target: "run", place: "schedule" },
  },
  LV2017: {
    invalid:
      "fragment a for run { use b }\nfragment b for run { use a }\n\nrecipe caption {\n  run { use a }\n}",
    valid:
      "fragment a for run { use b }\nfragment b for run { seed = 1 }\n\nrecipe caption {\n  run { use a }\n}",
    given: { cycle: "a → b → a" },
  },
  LV2018: {
    invalid: "recipe base {\n  task captioning\n}\n\nrecipe coco extends bass {\n}",
    valid: "recipe base {\n  task captioning\n}\n\nrecipe coco extends base {\n}",
    given: { name: "bass" },
  },
  LV2019: {
    invalid: "recipe a extends b {\n}\n\nrecipe b extends a {\n}",
    valid: "recipe a extends b {\n}\n\nrecipe b {\n}",
    given: { cycle: "a → b → a" },
  },
  LV2020: {
    invalid: "recipe caption {\n  remove dataset flickr30k\n}",
    valid:
      "recipe base {\n  dataset coco_caption\n}\n\nrecipe emoji extends base {\n  remove dataset coco_caption\n  dataset emoji_caption\n}",
    given: { target: "dataset flickr30k" },
  },
  LV2021: {
    invalid: "model blip_caption",
    valid: "model blip_caption.base_coco",
    given: { section: "model blip_caption", what: "a variant" },
  },
  LV2022: { invalid: "run fast { seed = 1 }", valid: "run { seed = 1 }", given: { section: "run" } },
  LV2023: {
    invalid: "task captioning { max_len { value = 20 } }",
    valid: "task captioning { max_len = 20 }",
    given: { key: "max_len" },
  },
  LV2024: {
    invalid: 'dataset coco_caption { build_info = "data/coco" }',
    valid: 'dataset coco_caption { build_info { images = "data/coco" } }',
    given: { key: "build_info" },
  },
  LV2025: {
    invalid: "lavisc caption.lavis -p sed=7",
    valid: "lavisc caption.lavis -p seed=7",
    given: { name: "sed" },
    language: "sh",
  },
  LV2026: {
    invalid: "lavisc caption.lavis --set run.sed=7",
    valid: "lavisc caption.lavis --set run.seed=7",
    given: { path: "run.sed" },
    language: "sh",
  },
  LV2027: {
    invalid: 'recipe caption {\n  run { output_dir = env("OUT", "out") }\n}',
    valid: 'param out: path = env("OUT", "out")\n\nrecipe caption {\n  run { output_dir = out }\n}',
  },
  LV2028: { invalid: "run { seed = max(1, 2) }", valid: "run { seed = 2 }", given: { name: "max" } },
  LV2029: {
    invalid: "let a = b + 1\nlet b = a - 1",
    valid: "let a = b + 1\nlet b = 1",
    given: { name: "a", cycle: "a → b → a" },
  },
  LV2030: {
    invalid: "param rate: number = 1e-5\nparam warmup: number = rate / 10",
    valid: "let rate = 1e-5\nparam peak: number = rate\nparam warmup: number = rate / 10",
    given: { name: "rate" },
  },
  LV2031: {
    invalid: 'import { twice } from "common.lavis"\n\nparam seed: count = 1',
    valid: 'import { twice } from "common.lavis"\n\nparam start: count = 1',
    given: { name: "seed" },
    files: { "common.lavis": "param seed: count = 2\nlet twice = 2 * seed\n" },
  },
  LV2032: {
    invalid: "fragment start for run { seed = 1 }\n\nrecipe caption {\n  run { seed = start }\n}",
    valid: "let start = 1\n\nrecipe caption {\n  run { seed = start }\n}",
    given: { name: "start", what: "fragment" },
  },
  LV2034: {
    invalid: "param resume: bool = false",
    valid: "param go_on: bool = false",
    given: { name: "resume", flag: "--resume" },
  },
  LV2035: {
    invalid: "recipe caption {\n  task captioning {\n    run { seed = 1 }\n  }\n}",
    valid: "recipe caption {\n  task captioning {\n  }\n  run { seed = 1 }\n}",
    given: { section: "run", target: "task" },
  },
  LV2060: {
    invalid:
      "param x: number = 1\nlet a = x + x + x + x\nlet b = a + a + a + a\nlet c = b + b + b + b\n" +
      "let d = c + c + c + c\nlet e = d + d + d + d",
    valid: "param x: number = 1\nlet e = 1024 * x",
    given: { what: "the parts of this value", limit: 1000 },
  },
};
