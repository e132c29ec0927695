import { defineMessages } from "../../../grammar/index.ts";

/** LV22xx: datasets of the user's own, `dataset NAME from FORMAT`. */
export const formatMessages = defineMessages({
  LV2201: {
    slug: "unknown-format",
    severity: "error",
    message: "there is no data format `{name}`",
    explanation:
      "`dataset NAME from FORMAT { … }` reads data of your own: the format says how its files are laid out. " +
      "`lavisc describe format` lists the formats, and `lavisc describe format jsonl` what one of them expects.",
  },
  LV2202: {
    slug: "dataset-name-taken",
    severity: "error",
    message: "`{name}` is a dataset of the catalogue",
    help: "Give your data a name of its own.",
    explanation:
      "The name of a dataset stands in logs, results and checkpoints. Your own data under the name of a dataset that " +
      "everybody knows would make their numbers look like that dataset's. To read other files of the same layout as the " +
      "catalogue's, leave `from` out and set `build_info`.",
  },
  LV2203: {
    slug: "format-misplaced",
    severity: "error",
    message: "`{section}` cannot come from the data format `{format}`",
    help: "Only a `dataset` has a format; a file with code of your own stands in quotes.",
    explanation:
      "A bare name behind `from` is the format of data, so it belongs to a `dataset` section of a recipe. What code " +
      "describes comes from a file, in quotes.",
  },
});
