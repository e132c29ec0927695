// biome-ignore-all lint/suspicious/noTemplateCurlyInString: recipes have interpolations of their own.

import type { syntaxMessages } from "../../../grammar/index.ts";
import type { ExamplesOf } from "../../diagnostics/index.ts";

/** What gives each syntax diagnostic, and the same as it should be. Sections stand in a recipe. */
export const syntaxExamples: ExamplesOf<typeof syntaxMessages> = {
  LV1001: {
    invalid: "run { seed = 5 6 }",
    valid: "run { seed = 56 }",
    given: { expected: "the end of the item", found: "`6`" },
  },
  LV1002: {
    invalid: "run {\n  seed =\n}",
    valid: "run {\n  seed = 42\n}",
    given: { after: "after `=`", found: "the end of the line" },
  },
  LV1003: { invalid: "run {\n  seed =\n    42\n}", valid: "run {\n  seed = 42\n}", given: { name: "seed" } },
  LV1004: { invalid: "run { seed 42 }", valid: "run { seed = 42 }", given: { name: "seed" } },
  LV1005: {
    invalid: "run { seed: 42 }",
    valid: "run { seed = 42 }",
    given: { name: "seed", instead: "`seed = …`" },
  },
  LV1006: { invalid: "run { seed := 42 }", valid: "run { seed = 42 }", given: { operator: ":=" } },
  LV1007: {
    invalid: "run { save_last = True }",
    valid: "run { save_last = true }",
    given: { found: "True", literal: "true" },
  },
  LV1008: {
    invalid: "run {\n  # The same in every run.\n  seed = 1\n}",
    valid: "run {\n  // The same in every run.\n  seed = 1\n}",
  },
  LV1009: { invalid: "run { seed = 42 /* the answer */ }", valid: "run {\n  seed = 42 // the answer\n}" },
  LV1010: {
    invalid: "run { output_dir = 'out' }",
    valid: 'run { output_dir = "out" }',
    given: { quote: "`'`" },
  },
  LV1011: {
    invalid: 'run {\n  output_dir = "out\n}',
    valid: 'run {\n  output_dir = "out"\n}',
    given: { quote: '`"`' },
  },
  LV1012: {
    invalid: 'run { output_dir = "runs\\dogs" }',
    valid: 'run { output_dir = "runs/dogs" }',
    given: { escape: "\\d", known: "\\n, \\t, \\r, \\\\, \\\", \\', \\$ and \\u{1F600}" },
  },
  LV1013: {
    invalid: 'let name = "dogs"\n\nrecipe caption {\n  run { output_dir = "runs/${name" }\n}',
    valid: 'let name = "dogs"\n\nrecipe caption {\n  run { output_dir = "runs/${name}" }\n}',
    given: { open: "${" },
  },
  LV1014: {
    invalid: "run { test_splits = [val test] }",
    valid: "run { test_splits = [val, test] }",
    given: { what: "these two elements" },
  },
  LV1015: { invalid: "run { test_splits = [val,, test] }", valid: "run { test_splits = [val, test] }" },
  LV1016: {
    invalid: "run {\n  test_splits = [val\n}",
    valid: "run {\n  test_splits = [val]\n}",
    given: { open: "[" },
  },
  LV1017: { invalid: "run { seed = 42 ] }", valid: "run { seed = 42 }", given: { close: "]" } },
  LV1018: {
    invalid: "schedule { init_lr = .5 }",
    valid: "schedule { init_lr = 0.5 }",
    given: { text: ".5", why: "a digit must stand before the point" },
  },
  LV1019: {
    invalid: "run { output_dir = @out }",
    valid: 'run { output_dir = "@out" }',
    given: { character: "the character `@`" },
  },
  LV1020: { invalid: "run {\n  seed = 42;\n}", valid: "run {\n  seed = 42\n}" },
  LV1021: {
    invalid: "recipe {\n  task captioning\n}",
    valid: "recipe caption {\n  task captioning\n}",
    given: { what: "the name of a recipe", found: "`{`" },
  },
  LV1022: { invalid: "let use = 1", valid: "let used = 1", given: { word: "use", role: "a name" } },
  LV1023: {
    invalid: "schedule { init-lr = 1e-5 }",
    valid: "schedule { init_lr = 1e-5 }",
    given: { name: "init-lr", repair: "init_lr" },
  },
  LV1024: {
    invalid: "recipe caption {\n  run.seed = 42\n}",
    valid: "recipe caption {\n  run { seed = 42 }\n}",
    given: { path: "run.seed", repair: "run { seed = … }" },
  },
  LV1025: { invalid: 'run { "seed" = 42 }', valid: "run { seed = 42 }", given: { what: "a key" } },
  LV1026: {
    invalid: "run = { seed = 42 }",
    valid: "run { seed = 42 }",
    given: { name: "run", block: "{ … }" },
  },
  LV1027: {
    invalid: "recipe caption {\n  { seed = 42 }\n}",
    valid: "recipe caption {\n  run { seed = 42 }\n}",
  },
  LV1028: {
    invalid: "recipe caption {\n  let start = 42\n  run { seed = start }\n}",
    valid: "let start = 42\n\nrecipe caption {\n  run { seed = start }\n}",
    given: { word: "let" },
  },
  LV1029: {
    invalid: "seed = 42",
    valid: "recipe caption {\n  run { seed = 42 }\n}",
    given: {
      what: "the option `seed`",
      how: "move it into a section of a recipe, or name the value: `let seed = …`",
    },
  },
  LV1030: {
    invalid: "let start = 42\nlavis 1",
    valid: "lavis 1\n\nlet start = 42",
    given: { word: "lavis", where: "once, at the top of the file" },
  },
  LV1031: {
    invalid: "let start = 42\nlet negative = -start",
    valid: "let start = 42\nlet negative = 0 - start",
    given: { found: "`start`" },
  },
  LV1032: {
    invalid: "param peak_lr = 1e-5",
    valid: "param peak_lr: number = 1e-5",
    given: { name: "peak_lr" },
  },
  LV1033: { invalid: "let start: count = 42", valid: "let start = 42", given: { word: "let" } },
  LV1034: {
    invalid: `let deep = ${"(".repeat(300)}1${")".repeat(300)}`,
    valid: "let inner = 1 + 2\nlet outer = 3 * inner",
    given: { what: "brackets", limit: 64 },
  },
  LV1035: { invalid: "lavis 2", valid: "lavis 1", given: { version: 2, supported: 1 } },
  LV1036: {
    invalid: "recipe caption",
    valid: "recipe caption {\n}",
    given: { what: "recipe `caption`", block: "{ … }" },
  },
  LV1037: {
    invalid: "# How long, and how fast.\nrun:\n  max_epoch: 5\n  init_lr: 1e-5",
    valid: "schedule {\n  // How long, and how fast.\n  max_epoch = 5\n  init_lr = 1e-5\n}",
    given: { how: "rename it to `r.yaml`, then `lavisc import r.yaml`" },
  },
};
