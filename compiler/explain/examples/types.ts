// biome-ignore-all lint/suspicious/noTemplateCurlyInString: recipes have interpolations of their own.

import type { Example, MessageCode } from "../../diagnostics/index.ts";

type Code = Extract<MessageCode, `LV21${string}`>;

/** What gives each diagnostic about types, and the same as it should be. Sections stand in a recipe. */
export const typeExamples: Readonly<Record<Code, Example>> = {
  LV2101: { invalid: 'run { seed = "42" }', valid: "run { seed = 42 }" },
  LV2102: {
    invalid: "model blip_caption.tiny { image_size = 64tokens }",
    valid: "model blip_caption.tiny { image_size = 64px }",
  },
  LV2103: { invalid: "schedule { max_epoch = 6epoch }", valid: "schedule { max_epoch = 6epochs }" },
  LV2104: { invalid: "let size = 384px + 2tokens", valid: "let size = 384px + 32px" },
  LV2105: { invalid: "run { batch_size_train = 0 }", valid: "run { batch_size_train = 16 }" },
  LV2106: { invalid: "run { device = gpu }", valid: "run { device = cuda }" },
  LV2107: { invalid: "run { seed = none }", valid: "run { seed = 42 }" },
  LV2108: { invalid: 'let name = "run" - 1', valid: 'let name = "run" + "-1"' },
  LV2109: { invalid: "let rate = 1 / 0", valid: "let rate = 1 / 10" },
  LV2110: { invalid: "param steps: integer = 3", valid: "param steps: count = 3" },
  LV2111: {
    invalid: "dataset coco_caption { vis_processor { eval = blip_image_eval([0.5, 0.5, 0.5]) } }",
    valid: "dataset coco_caption { vis_processor { eval = blip_image_eval(mean = [0.5, 0.5, 0.5]) } }",
  },
  LV2112: { invalid: 'let name = "runs/${[1, 2]}"', valid: 'let name = "runs/${1 + 2}"' },
};
