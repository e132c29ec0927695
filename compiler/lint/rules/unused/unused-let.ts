import { placeIn } from "../../../program/index.ts";
import { declarationRemoval } from "../../removal.ts";
import { fileRule } from "../../rule.ts";
import { unusedDeclarations } from "../../usage.ts";

export const unusedLet = fileRule(
  {
    code: "LV4012",
    slug: "unused-let",
    message: "nothing in this file uses `{name}`",
    help: "Use it, or remove it.",
    explanation:
      "A name that nothing uses is left over from an edit, or a value was meant to depend on it and does not. In a file " +
      "without recipes, whose declarations are for others to import, this is not reported.",
    example: {
      invalid:
        "let size = 224px\n\nrecipe caption {\n  model blip_caption.base_coco { image_size = 384px }\n}\n",
      valid:
        "let size = 224px\n\nrecipe caption {\n  model blip_caption.base_coco { image_size = size }\n}\n",
      given: { name: "size" },
    },
  },
  (file, report) => {
    const { entry } = file.program;
    for (const declaration of unusedDeclarations(file, "let")) {
      const fixes = [declarationRemoval(entry, declaration)];
      report({ name: declaration.name.text }, placeIn(entry, declaration.name), { fixes });
    }
  },
);
