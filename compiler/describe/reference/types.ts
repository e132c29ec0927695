// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the types of a recipe have interpolations of their own.

import { type OptionType, units } from "../../../runtime/card.ts";
import { scalarTypes } from "../../resolve/values/parameters.ts";
import { joinParts } from "../pages.ts";
import type { ReferencePage } from "./components.ts";

/** Each type of an option, how a value of it is written, and what it is. */
const types: Readonly<Record<OptionType["is"], readonly [example: string, doc: string]>> = {
  number: ["2e-5", "A finite number. Another dimension than the option's is an error."],
  count: ["57_600", "An integer from 0 on."],
  ratio: ["0.4", "A number from 0 to 1; `40%` is the same."],
  bool: ["true", "`true` or `false`."],
  string: ['"a picture of "', "A text on one line; `${expr}` puts a value in."],
  name: ["val", "A bare name of your own, such as a split."],
  path: [
    '"../data/coco"',
    "A file or folder. A relative one is relative to the recipe that wrote it; `cache:…` lies in the data cache.",
  ],
  url: ['"https://…"', "A URL."],
  checkpoint: ['"weights.pth"', "A path or URL of weights: safetensors, or a PyTorch .pth."],
  secret: [
    "hub",
    'The name of a `secret`, declared as `secret hub = env("HUB_TOKEN")`: read when the program runs.',
  ],
  enum: ["cuda", "One of some bare names, which the option lists."],
  list: [
    "[val, test]",
    "A list, each of one type. Where the option says so, one value stands for a list of it.",
  ],
  component: ["blip_image_eval(image_size = 384px)", "A component by its name, with options as arguments."],
  block: ["annotations { … }", "A block of options."],
  map: ["train { … }", "A block whose keys are your own, all of one shape."],
};

/** The page about types, dimensions and units. */
export function typesPage(): ReferencePage {
  const rows = Object.entries(types).map(
    ([name, [example, doc]]) => `| ${name} | \`${example}\` | ${doc.replaceAll("|", "\\|")} |`,
  );
  const unitRows = Object.entries(units).map(
    ([unit, { dimension, scale }]) => `| \`${unit}\` | ${dimension} | ${scale} |`,
  );
  const text = joinParts([
    "# Types and units",
    'Every option has a type. Nothing is converted silently; `T?` in a parameter, and "or none" in a table, let a value be `none`.',
    ["| Type | Written | What it is |", "|---|---|---|", ...rows].join("\n"),
    "## Parameters",
    `\`param NAME: TYPE = DEFAULT\` takes ${scalarTypes.map((type) => `\`${type}\``).join(", ")}, or a union of names or texts: \`cpu | cuda\`. \`?\` behind the type lets it be \`none\`.`,
    "## Units",
    "A unit is glued to its number: `384px`. A number with a unit has a dimension; sums need one dimension, a product has one on one side at most, and a quotient of two quantities of one dimension is plain. A bare number is read in the option's own unit.",
    ["| Unit | Dimension | In the dimension's base unit |", "|---|---|---|", ...unitRows].join("\n"),
  ]);
  return { path: "types.md", text: `${text}\n` };
}
