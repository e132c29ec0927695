import { find, numberOf } from "../../../check/rule.ts";
import { recipeRule } from "../../rule.ts";

/** Sums of decimals such as 0.1 + 0.2 + 0.7 miss 1 by less. */
const tolerance = 1e-6;

export const ratiosSum = recipeRule(
  {
    code: "LV4004",
    slug: "ratios-sum",
    message: "the ratios of the datasets sum to {sum}, not to 1",
    help: "Divide each by {sum}.",
    explanation:
      "`ratio` is a dataset's share of the training batches. Shares that do not sum to 1 are scaled until they do, so " +
      "that no dataset has the share that is written.",
    example: {
      invalid:
        "recipe pretrain {\n  dataset coco_caption { ratio = 0.5 }\n  dataset emoji_caption { ratio = 0.25 }\n}\n",
      valid:
        "recipe pretrain {\n  dataset coco_caption { ratio = 0.75 }\n  dataset emoji_caption { ratio = 0.25 }\n}\n",
    },
  },
  ({ datasets }, report) => {
    const ratios = datasets.flatMap((dataset) => find(dataset, "ratio") ?? []);
    const shares = ratios.map(numberOf).filter((share) => share !== undefined);
    if (shares.length < datasets.length || shares.length < 2) return;
    const sum = shares.reduce((total, share) => total + share, 0);
    if (Math.abs(sum - 1) > tolerance) report({ sum: Number(sum.toPrecision(6)) }, ratios);
  },
);
