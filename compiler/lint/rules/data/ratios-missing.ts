import { find, isNone, numberOf } from "../../../check/rule.ts";
import { oneOfNames } from "../../../diagnostics/index.ts";
import { recipeRule } from "../../rule.ts";

export const ratiosMissing = recipeRule(
  {
    code: "LV4005",
    slug: "ratios-missing",
    message: "some datasets have a `ratio`, but not {datasets}",
    help: "Give each dataset a ratio, or none.",
    explanation:
      "Datasets without a `ratio` are mixed by their size. Where only some have one, it is not clear what share is left " +
      "for the others.",
    example: {
      invalid: "recipe pretrain {\n  dataset coco_caption { ratio = 0.5 }\n  dataset emoji_caption\n}\n",
      valid:
        "recipe pretrain {\n  dataset coco_caption { ratio = 0.5 }\n  dataset emoji_caption { ratio = 0.5 }\n}\n",
    },
  },
  ({ datasets }, report) => {
    const given = datasets
      .map((dataset) => find(dataset, "ratio"))
      .filter((one) => numberOf(one) !== undefined);
    const missing = datasets.filter((dataset) => isNone(find(dataset, "ratio")));
    const [first] = given;
    if (!first || missing.length === 0) return;
    report({ datasets: oneOfNames(missing.map(({ label }) => label)) }, [
      first,
      ...missing.flatMap(({ header }) => header ?? []),
    ]);
  },
);
