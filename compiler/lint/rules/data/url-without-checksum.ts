import { find, isGiven, isNone, optionsIn, textOf } from "../../../check/rule.ts";
import { recipeRule } from "../../rule.ts";

export const urlWithoutChecksum = recipeRule(
  {
    code: "LV4009",
    slug: "url-without-checksum",
    message: "the download of split `{split}` has no checksum",
    help: 'Add `md5 = "…"`: `md5sum FILE` prints it.',
    explanation:
      "What a URL gives may change, or break off half way. With the file's MD5 a run notices before it trains on " +
      "something else than the recipe's author did.",
    example: {
      invalid:
        'recipe caption {\n  dataset coco_caption {\n    build_info {\n      annotations {\n        train { url = "https://data.example.org/train.json", md5 = none, storage = "train.json" }\n      }\n    }\n  }\n}\n',
      valid:
        'recipe caption {\n  dataset coco_caption {\n    build_info {\n      annotations {\n        train {\n          url = "https://data.example.org/train.json"\n          md5 = "0cc175b9c0f1b6a831c399e269772661"\n          storage = "train.json"\n        }\n      }\n    }\n  }\n}\n',
      given: { split: "train" },
    },
  },
  ({ datasets }, report) => {
    for (const dataset of datasets) {
      const annotations = find(dataset, "build_info", "annotations");
      for (const split of (annotations && optionsIn(annotations.value)?.keys()) ?? []) {
        const url = find(dataset, "build_info", "annotations", split, "url");
        const checksum = find(dataset, "build_info", "annotations", split, "md5");
        if (url && isGiven(url) && textOf(url) !== undefined && isNone(checksum)) report({ split }, [url]);
      }
    }
  },
);
