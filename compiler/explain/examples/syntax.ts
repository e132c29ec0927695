// biome-ignore-all lint/suspicious/noTemplateCurlyInString: recipes have interpolations of their own.

import type { SyntaxCode } from "../../../grammar/index.ts";
import type { Example } from "../../diagnostics/index.ts";

/** What gives each syntax diagnostic, and the same as it should be. Sections stand in a recipe. */
export const syntaxExamples: Readonly<Record<SyntaxCode, Example>> = {
  LV1001: { invalid: "run { seed = 5 6 }", valid: "run { seed = 56 }" },
  LV1002: { invalid: "run {\n  seed =\n}", valid: "run {\n  seed = 42\n}" },
  LV1003: { invalid: "run {\n  seed =\n    42\n}", valid: "run {\n  seed = 42\n}" },
  LV1004: { invalid: "run { seed 42 }", valid: "run { seed = 42 }" },
  LV1005: { invalid: "run { seed: 42 }", valid: "run { seed = 42 }" },
  LV1006: { invalid: "run { seed := 42 }", valid: "run { seed = 42 }" },
  LV1007: { invalid: "run { save_last = True }", valid: "run { save_last = true }" },
  LV1008: {
    invalid: "run {\n  # The same in every run.\n  seed = 1\n}",
    valid: "run {\n  // The same in every run.\n  seed = 1\n}",
  },
  LV1009: { invalid: "run { seed = 42 /* the answer */ }", valid: "run {\n  seed = 42 // the answer\n}" },
  LV1010: { invalid: "run { output_dir = 'out' }", valid: 'run { output_dir = "out" }' },
  LV1011: { invalid: 'run {\n  output_dir = "out\n}', valid: 'run {\n  output_dir = "out"\n}' },
  LV1012: { invalid: 'run { output_dir = "runs\\dogs" }', valid: 'run { output_dir = "runs/dogs" }' },
  LV1013: {
    invalid: 'let name = "dogs"\n\nrecipe caption {\n  run { output_dir = "runs/${name" }\n}',
    valid: 'let name = "dogs"\n\nrecipe caption {\n  run { output_dir = "runs/${name}" }\n}',
  },
  LV1014: { invalid: "run { test_splits = [val test] }", valid: "run { test_splits = [val, test] }" },
  LV1015: { invalid: "run { test_splits = [val,, test] }", valid: "run { test_splits = [val, test] }" },
  LV1016: { invalid: "run {\n  test_splits = [val\n}", valid: "run {\n  test_splits = [val]\n}" },
  LV1017: { invalid: "run { seed = 42 ] }", valid: "run { seed = 42 }" },
  LV1018: { invalid: "schedule { init_lr = .5 }", valid: "schedule { init_lr = 0.5 }" },
  LV1019: { invalid: "run { output_dir = @out }", valid: 'run { output_dir = "@out" }' },
  LV1020: { invalid: "run {\n  seed = 42;\n}", valid: "run {\n  seed = 42\n}" },
  LV1021: { invalid: "recipe {\n  task captioning\n}", valid: "recipe caption {\n  task captioning\n}" },
  LV1022: { invalid: "let use = 1", valid: "let used = 1" },
  LV1023: { invalid: "schedule { init-lr = 1e-5 }", valid: "schedule { init_lr = 1e-5 }" },
  LV1024: {
    invalid: "recipe caption {\n  run.seed = 42\n}",
    valid: "recipe caption {\n  run { seed = 42 }\n}",
  },
  LV1025: { invalid: 'run { "seed" = 42 }', valid: "run { seed = 42 }" },
  LV1026: { invalid: "run = { seed = 42 }", valid: "run { seed = 42 }" },
  LV1027: {
    invalid: "recipe caption {\n  { seed = 42 }\n}",
    valid: "recipe caption {\n  run { seed = 42 }\n}",
  },
  LV1028: {
    invalid: "recipe caption {\n  let start = 42\n  run { seed = start }\n}",
    valid: "let start = 42\n\nrecipe caption {\n  run { seed = start }\n}",
  },
  LV1029: { invalid: "seed = 42", valid: "recipe caption {\n  run { seed = 42 }\n}" },
  LV1030: { invalid: "let start = 42\nlavis 1", valid: "lavis 1\n\nlet start = 42" },
  LV1031: {
    invalid: "let start = 42\nlet negative = -start",
    valid: "let start = 42\nlet negative = 0 - start",
  },
  LV1032: { invalid: "param peak_lr = 1e-5", valid: "param peak_lr: number = 1e-5" },
  LV1033: { invalid: "let start: count = 42", valid: "let start = 42" },
  LV1034: {
    invalid: `let deep = ${"(".repeat(300)}1${")".repeat(300)}`,
    valid: "let inner = 1 + 2\nlet outer = 3 * inner",
  },
  LV1035: { invalid: "lavis 2", valid: "lavis 1" },
  LV1036: { invalid: "recipe caption", valid: "recipe caption {\n}" },
  LV1037: {
    invalid: "# How long, and how fast.\nrun:\n  max_epoch: 5\n  init_lr: 1e-5",
    valid: "schedule {\n  // How long, and how fast.\n  max_epoch = 5\n  init_lr = 1e-5\n}",
  },
};
