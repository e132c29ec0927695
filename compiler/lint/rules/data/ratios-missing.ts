import { find, isNone, numberOf } from "../../../check/rule.ts";
import { datasetsIn } from "../../../check/samples.ts";
import { someOfNames } from "../../../diagnostics/index.ts";
import { recipeRule } from "../../rule.ts";

export const ratiosMissing = recipeRule(
  {
    code: "LV4005",
    slug: "ratios-missing",
    message: "some datasets have a `ratio`, but not {datasets}: by size, they share what is left",
    help: "Give each dataset a ratio, or none.",
    explanation:
      "`ratio` is a dataset's share of the training samples. Where only some datasets have one, the others share what " +
      "these leave of 1, by size: a share that the recipe does not show, and that changes with the data. LAVIS wants " +
      "ratios for all datasets or none.",
    example: {
      invalid: "recipe pretrain {\n  dataset coco_caption { ratio = 0.5 }\n  dataset emoji_caption\n}\n",
      valid:
        "recipe pretrain {\n  dataset coco_caption { ratio = 0.5 }\n  dataset emoji_caption { ratio = 0.5 }\n}\n",
      given: { datasets: "`emoji_caption`" },
    },
  },
  (recipe, report) => {
    const datasets = datasetsIn(recipe, "train");
    const given = datasets
      .map((dataset) => find(dataset, "ratio"))
      .filter((one) => numberOf(one) !== undefined);
    const missing = datasets.filter((dataset) => isNone(find(dataset, "ratio")));
    const [first] = given;
    if (!first || missing.length === 0) return;
    report({ datasets: someOfNames(missing.map(({ label }) => label)) }, [
      first,
      ...missing.flatMap(({ header }) => header ?? []),
    ]);
  },
);
