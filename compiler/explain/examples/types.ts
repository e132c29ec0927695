// biome-ignore-all lint/suspicious/noTemplateCurlyInString: recipes have interpolations of their own.

import type { ExamplesOf, MessageCode, Messages } from "../../diagnostics/index.ts";

type Code = Extract<MessageCode, `LV21${string}`>;

/** What gives each diagnostic about types, and the same as it should be. Sections stand in a recipe. */
export const typeExamples: ExamplesOf<Messages, Code> = {
  LV2101: {
    invalid: 'run { seed = "42" }',
    valid: "run { seed = 42 }",
    given: { subject: "`seed`", expected: "an integer from 0 on", found: 'the string "42"' },
  },
  LV2102: {
    invalid: "model blip_caption.tiny { image_size = 64tokens }",
    valid: "model blip_caption.tiny { image_size = 64px }",
    given: { subject: "`image_size`", expected: "pixels", found: "tokens" },
  },
  LV2103: {
    invalid: "schedule { max_epoch = 6epoch }",
    valid: "schedule { max_epoch = 6epochs }",
    given: { unit: "epoch" },
  },
  LV2104: {
    invalid: "let size = 384px + 2tokens",
    valid: "let size = 384px + 32px",
    given: { verb: "add", left: "384 pixels", right: "2 tokens" },
  },
  LV2105: {
    invalid: "run { batch_size_train = 0 }",
    valid: "run { batch_size_train = 16 }",
    given: { subject: "`batch_size_train`", bounds: "at least 1", found: 0 },
  },
  LV2106: {
    invalid: "run { device = gpu }",
    valid: "run { device = cuda }",
    given: { noun: "device", found: "gpu", subject: "`device`" },
  },
  LV2107: { invalid: "run { seed = none }", valid: "run { seed = 42 }", given: { subject: "`seed`" } },
  LV2108: {
    invalid: 'let name = "run" - 1',
    valid: 'let name = "run" + "-1"',
    given: { verb: "subtract", left: 'the string "run"', right: 1 },
  },
  LV2109: { invalid: "let rate = 1 / 0", valid: "let rate = 1 / 10" },
  LV2110: {
    invalid: "param steps: integer = 3",
    valid: "param steps: count = 3",
    given: { name: "integer" },
  },
  LV2111: {
    invalid: "dataset coco_caption { vis_processor { eval = blip_image_eval([0.5, 0.5, 0.5]) } }",
    valid: "dataset coco_caption { vis_processor { eval = blip_image_eval(mean = [0.5, 0.5, 0.5]) } }",
    given: { problem: "arguments of `blip_image_eval` need a name: `image_size = 384px`" },
  },
  LV2112: {
    invalid: 'let name = "runs/${[1, 2]}"',
    valid: 'let name = "runs/${1 + 2}"',
    given: { found: "a list of 2 values" },
  },
  LV2113: {
    invalid:
      'dataset my_shop from csv {\n  images = "https://example.org/photos"\n  annotations { train = "train.csv", val = "val.csv", test = "test.csv" }\n}',
    valid:
      'dataset my_shop from csv {\n  images = "photos"\n  annotations { train = "train.csv", val = "val.csv", test = "test.csv" }\n}',
    given: { subject: "`images`", found: "a URL" },
  },
};
