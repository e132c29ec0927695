import { placeIn } from "../../../program/index.ts";
import { fileRule } from "../../rule.ts";
import { insideOf, isPlaceholder } from "../../strings.ts";

export const absolutePath = fileRule(
  {
    code: "LV4007",
    slug: "absolute-path",
    message: "this path is of one machine",
    help: 'Make it relative to the recipe, or a parameter: `param data_root: path = "…"`.',
    explanation:
      "A recipe with an absolute path runs on the machine that it was written on. Paths in a recipe are relative to it, " +
      "`cache:…` lies in the data cache, and a `param` can be given another value by whoever runs the recipe " +
      "(`-p data_root=…`), so that an absolute default of one is fine.",
    example: {
      invalid:
        'recipe caption {\n  dataset coco_caption {\n    build_info { images = "/data/coco/images" }\n  }\n}\n',
      valid:
        'param data_root: path = "/data"\n\nrecipe caption {\n  dataset coco_caption {\n    build_info { images = data_root / "coco/images" }\n  }\n}\n',
    },
  },
  ({ program: { entry }, strings }, report) => {
    for (const { literal, text, beginning, isParameter } of strings) {
      const isAbsolute = /^(?:\/[^/\s]|~[\\/]|[A-Za-z]:[\\/])/.test(beginning);
      if (isAbsolute && !isParameter && !isPlaceholder(text))
        report({}, placeIn(entry, { span: insideOf(literal) }));
    }
  },
);
