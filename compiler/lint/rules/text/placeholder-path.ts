import { placeIn } from "../../../program/index.ts";
import { fileRule } from "../../rule.ts";
import { insideOf, isPlaceholder } from "../../strings.ts";

export const placeholderPath = fileRule(
  {
    code: "LV4008",
    slug: "placeholder-path",
    message: '"{text}" looks like a placeholder',
    help: "Write the path that is meant.",
    explanation:
      "Paths such as `/path/to/data` are copied from documentation, and `/export/home/…` from LAVIS's own " +
      "configurations, where it is a folder of its authors. No run gets past them.",
    example: {
      invalid:
        'recipe caption {\n  dataset coco_caption {\n    build_info { images = "/path/to/coco/images" }\n  }\n}\n',
      valid:
        'recipe caption {\n  dataset coco_caption {\n    build_info { images = "../data/coco/images" }\n  }\n}\n',
      given: { text: "/path/to/coco/images" },
    },
  },
  ({ program: { entry }, strings }, report) => {
    for (const { literal, text } of strings)
      if (isPlaceholder(text)) report({ text }, placeIn(entry, { span: insideOf(literal) }));
  },
);
