import { placeIn } from "../../../program/index.ts";
import { declarationRemoval } from "../../removal.ts";
import { fileRule } from "../../rule.ts";
import { unusedDeclarations } from "../../usage.ts";

export const unusedFragment = fileRule(
  {
    code: "LV4014",
    slug: "unused-fragment",
    message: "no recipe of this file uses the fragment `{name}`",
    help: "Use it, or remove it.",
    explanation:
      "Options that no recipe splices in have no effect. In a file without recipes, whose fragments are for others to " +
      "import, this is not reported.",
    example: {
      invalid:
        "fragment images for dataset { vis_processor { train = blip_image_train } }\n\nrecipe caption {\n  dataset coco_caption\n}\n",
      valid:
        "fragment images for dataset { vis_processor { train = blip_image_train } }\n\nrecipe caption {\n  dataset coco_caption { use images }\n}\n",
      given: { name: "images" },
    },
  },
  (file, report) => {
    const { entry } = file.program;
    for (const declaration of unusedDeclarations(file, "fragment")) {
      const fixes = [declarationRemoval(entry, declaration)];
      report({ name: declaration.name.text }, placeIn(entry, declaration.name), { fixes });
    }
  },
);
