import type { Example, MessageCode } from "../../diagnostics/index.ts";

type Code = Extract<MessageCode, `LV20${string}`>;

/** What gives each diagnostic about names, and the same as it should be. Sections stand in a recipe. */
export const nameExamples: Readonly<Record<Code, Example>> = {
  LV2001: {
    invalid: 'let root = "data"\nlet images = roots / "coco"',
    valid: 'let root = "data"\nlet images = root / "coco"',
  },
  LV2002: { invalid: "let size = 224\nparam size: count = 384", valid: "param size: count = 384" },
  LV2003: {
    invalid: 'import { root } from "comon.lavis"',
    valid: 'import { root } from "common.lavis"',
    files: { "common.lavis": 'let root = "data"\n' },
  },
  LV2004: {
    invalid: 'import { rot } from "common.lavis"',
    valid: 'import { root } from "common.lavis"',
    files: { "common.lavis": 'let root = "data"\n' },
  },
  LV2005: {
    invalid: 'import { rate } from "rates.lavis"\n\nlet scale = 2',
    valid: "let scale = 2\nlet rate = 1e-5 * scale",
    files: { "rates.lavis": 'import { scale } from "r.lavis"\nlet rate = 1e-5 * scale\n' },
  },
  LV2006: {
    invalid: "recipe caption {\n  optimiser adamw { beta1 = 0.8 }\n}",
    valid: "recipe caption {\n  optimizer adamw { beta1 = 0.8 }\n}",
  },
  LV2007: { invalid: "schedule linear_warmup_cosin_lr", valid: "schedule linear_warmup_cosine_lr" },
  LV2008: { invalid: "model blip_caption.base_cocoa", valid: "model blip_caption.base_coco" },
  LV2009: { invalid: "schedule { max_epohc = 5 }", valid: "schedule { max_epoch = 5 }" },
  LV2010: { invalid: "run { max_epoch = 5 }", valid: "schedule { max_epoch = 5 }" },
  LV2011: { invalid: "run { test = [test] }", valid: "run { test_splits = [test] }" },
  LV2012: {
    invalid: "schedule linear_warmup_cosine_lr { lr_decay_rate = 0.9 }",
    valid: "schedule linear_warmup_step_lr { lr_decay_rate = 0.9 }",
  },
  LV2013: { invalid: "run {\n  seed = 1\n  seed = 2\n}", valid: "run {\n  seed = 2\n}" },
  LV2014: {
    invalid: "recipe caption {\n  run { seed = 1 }\n  run { save_last = false }\n}",
    valid: "recipe caption {\n  run { seed = 1, save_last = false }\n}",
  },
  LV2015: {
    invalid: "fragment fast for run { seed = 1 }\n\nrecipe caption {\n  run { use fats }\n}",
    valid: "fragment fast for run { seed = 1 }\n\nrecipe caption {\n  run { use fast }\n}",
  },
  LV2016: {
    invalid: "fragment fast for run { seed = 1 }\n\nrecipe caption {\n  schedule { use fast }\n}",
    valid: "fragment fast for run { seed = 1 }\n\nrecipe caption {\n  run { use fast }\n}",
  },
  LV2017: {
    invalid:
      "fragment a for run { use b }\nfragment b for run { use a }\n\nrecipe caption {\n  run { use a }\n}",
    valid:
      "fragment a for run { use b }\nfragment b for run { seed = 1 }\n\nrecipe caption {\n  run { use a }\n}",
  },
  LV2018: {
    invalid: "recipe base {\n  task captioning\n}\n\nrecipe coco extends bass {\n}",
    valid: "recipe base {\n  task captioning\n}\n\nrecipe coco extends base {\n}",
  },
  LV2019: {
    invalid: "recipe a extends b {\n}\n\nrecipe b extends a {\n}",
    valid: "recipe a extends b {\n}\n\nrecipe b {\n}",
  },
  LV2020: {
    invalid: "recipe caption {\n  remove dataset flickr30k\n}",
    valid:
      "recipe base {\n  dataset coco_caption\n}\n\nrecipe emoji extends base {\n  remove dataset coco_caption\n  dataset emoji_caption\n}",
  },
  LV2021: { invalid: "model blip_caption", valid: "model blip_caption.base_coco" },
  LV2022: { invalid: "run fast { seed = 1 }", valid: "run { seed = 1 }" },
  LV2023: {
    invalid: "task captioning { max_len { value = 20 } }",
    valid: "task captioning { max_len = 20 }",
  },
  LV2024: {
    invalid: 'dataset coco_caption { build_info = "data/coco" }',
    valid: 'dataset coco_caption { build_info { images = "data/coco" } }',
  },
  LV2025: {
    invalid: "lavisc caption.lavis -p sed=7",
    valid: "lavisc caption.lavis -p seed=7",
    isCommand: true,
  },
  LV2026: {
    invalid: "lavisc caption.lavis --set run.sed=7",
    valid: "lavisc caption.lavis --set run.seed=7",
    isCommand: true,
  },
  LV2027: {
    invalid: 'recipe caption {\n  run { output_dir = env("OUT", "out") }\n}',
    valid: 'param out: path = env("OUT", "out")\n\nrecipe caption {\n  run { output_dir = out }\n}',
  },
  LV2028: { invalid: "run { seed = max(1, 2) }", valid: "run { seed = 2 }" },
  LV2029: { invalid: "let a = b + 1\nlet b = a - 1", valid: "let a = b + 1\nlet b = 1" },
  LV2030: {
    invalid: "param rate: number = 1e-5\nparam warmup: number = rate / 10",
    valid: "let rate = 1e-5\nparam peak: number = rate\nparam warmup: number = rate / 10",
  },
  LV2031: {
    invalid: 'import { twice } from "common.lavis"\n\nparam seed: count = 1',
    valid: 'import { twice } from "common.lavis"\n\nparam start: count = 1',
    files: { "common.lavis": "param seed: count = 2\nlet twice = 2 * seed\n" },
  },
  LV2032: {
    invalid: "fragment start for run { seed = 1 }\n\nrecipe caption {\n  run { seed = start }\n}",
    valid: "let start = 1\n\nrecipe caption {\n  run { seed = start }\n}",
  },
  LV2034: { invalid: "param resume: bool = false", valid: "param go_on: bool = false" },
  LV2035: {
    invalid: "recipe caption {\n  task captioning {\n    run { seed = 1 }\n  }\n}",
    valid: "recipe caption {\n  task captioning {\n  }\n  run { seed = 1 }\n}",
  },
  LV2060: {
    invalid:
      "param x: number = 1\nlet a = x + x + x + x\nlet b = a + a + a + a\nlet c = b + b + b + b\n" +
      "let d = c + c + c + c\nlet e = d + d + d + d",
    valid: "param x: number = 1\nlet e = 1024 * x",
  },
};
