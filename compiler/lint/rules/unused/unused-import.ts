import { isMissing, type Name } from "../../../../grammar/index.ts";
import { placeIn } from "../../../program/index.ts";
import { nameRemoval } from "../../removal.ts";
import { fileRule } from "../../rule.ts";

export const unusedImport = fileRule(
  {
    code: "LV4013",
    slug: "unused-import",
    message: "nothing in this file uses `{name}`",
    help: "Remove it: what a file imports is for that file alone.",
    explanation:
      "An import that nothing uses makes a reader look into a file for nothing, and the recipe fail where that file is " +
      "not. A file cannot pass on what it imports, so nobody else depends on it.",
    example: {
      invalid:
        'import { data_root, peak_lr } from "common.lavis"\n\nrecipe caption {\n  schedule linear_warmup_cosine_lr { init_lr = peak_lr }\n}\n',
      valid:
        'import { peak_lr } from "common.lavis"\n\nrecipe caption {\n  schedule linear_warmup_cosine_lr { init_lr = peak_lr }\n}\n',
      given: { name: "data_root" },
      files: { "common.lavis": 'let data_root = "data"\nlet peak_lr = 1e-5\n' },
    },
  },
  (file, report) => {
    const { entry } = file.program;
    const isUnused = (name: Name) =>
      !isMissing(name) && !entry.lostNames.has(name.text) && !file.isUsed(name.text);
    for (const one of entry.tree.imports)
      for (const name of one.names.filter(isUnused)) {
        // Several of one import go one at a time, so that each fix is right by itself.
        const fixes = [nameRemoval(entry, one, name)];
        report({ name: name.text }, placeIn(entry, name), { fixes });
      }
  },
);
