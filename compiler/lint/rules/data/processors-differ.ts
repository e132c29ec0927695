import { find, isGiven, type Phase, phasesOf } from "../../../check/rule.ts";
import { describeValue } from "../../../explain/origin.ts";
import { plainValue, type Resolved } from "../../../resolve/resolved.ts";
import { recipeRule } from "../../rule.ts";

export const processorsDiffer = recipeRule(
  {
    code: "LV4006",
    slug: "processors-differ",
    message: "for {phase}, `{first}` has the {processor} {one}, but `{second}` has {other}",
    help: "Put the processors into a fragment, and `use` it in each dataset.",
    explanation:
      "A model sees the samples of all datasets in one batch. Where they are cropped, normalised or worded in different " +
      "ways, it can tell the datasets apart by that, and an evaluation of one says little about the other.",
    example: {
      invalid:
        "recipe pretrain {\n  dataset coco_caption { vis_processor { train = blip_image_train } }\n  dataset emoji_caption { vis_processor { train = blip_image_eval } }\n}\n",
      valid:
        "fragment images for dataset { vis_processor { train = blip_image_train } }\n\nrecipe pretrain {\n  dataset coco_caption { use images }\n  dataset emoji_caption { use images }\n}\n",
      given: {
        phase: "training",
        first: "coco_caption",
        processor: "vis_processor",
        one: "blip_image_train",
        second: "emoji_caption",
        other: "blip_image_eval",
      },
    },
  },
  (recipe, report) => {
    const [first, ...others] = recipe.datasets;
    if (!first) return;
    for (const processor of ["vis_processor", "text_processor"])
      for (const phase of phasesOf(recipe)) {
        const expected = find(first, processor, phase);
        const differing = others
          .map((dataset) => find(dataset, processor, phase))
          .find((one) => one && expected && plainText(one.value) !== plainText(expected.value));
        if (!expected || !differing || !(isGiven(expected) || isGiven(differing))) continue;
        const names = {
          processor,
          phase: phaseNames[phase],
          first: first.label,
          second: differing.section.label,
          one: describeBeside(expected.value, differing.value),
          other: describeBeside(differing.value, expected.value),
        };
        report(names, [differing, expected]);
      }
  },
);

const phaseNames: Readonly<Record<Phase, string>> = { train: "training", eval: "evaluation" };

const plainText = (value: Resolved): string => JSON.stringify(plainValue(value));

/** A processor with those of its options that another one has differently: `blip_image_train(min_scale = 0.5)`. */
function describeBeside(value: Resolved, other: Resolved): string {
  if (value.kind !== "component" || other.kind !== "component" || value.card !== other.card)
    return describeValue(value);
  const differing = [...value.options].filter(([name, option]) => {
    const same = other.options.get(name);
    return !same || plainText(same) !== plainText(option);
  });
  const written = differing.map(([name, option]) => `${name} = ${describeValue(option)}`);
  return `${describeValue(value)}(${written.join(", ")})`;
}
