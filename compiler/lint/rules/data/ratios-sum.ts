import { shareTolerance } from "../../../../runtime/train/shares.card.ts";
import { find, numberOf } from "../../../check/rule.ts";
import { datasetsIn } from "../../../check/samples.ts";
import { recipeRule } from "../../rule.ts";

export const ratiosSum = recipeRule(
  {
    code: "LV4004",
    slug: "ratios-sum",
    message: "the ratios of the datasets sum to {sum}, not to 1",
    help: "Divide each by {sum}.",
    explanation:
      "`ratio` is a dataset's share of the training samples. Shares that do not sum to 1 are scaled until they do, so " +
      "that no dataset has the share that is written.",
    example: {
      invalid:
        "recipe pretrain {\n  dataset coco_caption { ratio = 0.5 }\n  dataset emoji_caption { ratio = 0.25 }\n}\n",
      valid:
        "recipe pretrain {\n  dataset coco_caption { ratio = 0.75 }\n  dataset emoji_caption { ratio = 0.25 }\n}\n",
      given: { sum: "0.75" },
    },
  },
  (recipe, report) => {
    const datasets = datasetsIn(recipe, "train");
    const ratios = datasets.flatMap((dataset) => find(dataset, "ratio") ?? []);
    const shares = ratios.map(numberOf).filter((share) => share !== undefined);
    if (shares.length < datasets.length || shares.length === 0) return;
    const sum = shares.reduce((total, share) => total + share, 0);
    if (Math.abs(sum - 1) > shareTolerance) report({ sum: Number(sum.toPrecision(6)) }, ratios);
  },
);
