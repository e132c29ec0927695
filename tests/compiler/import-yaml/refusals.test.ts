import { describe, expect, it } from "vitest";
import { exampleOf } from "../../../compiler/explain/index.ts";
import { importYaml } from "../../../compiler/import-yaml/index.ts";
import { type ImportMessages, importMessages } from "../../../compiler/import-yaml/messages.ts";
import { SourceText } from "../../../grammar/index.ts";
import { said, shownOf } from "../explain/shown.ts";
import { configuration, importText } from "./imported.ts";

const whole = configuration();
const changed = (from: string | RegExp, to: string): string => {
  const text = whole.replace(from, to);
  expect(text).not.toBe(whole);
  return text;
};

describe("a configuration that LAVIS fails at is refused", () => {
  it.each<[string, string, readonly string[], string?]>([
    ["a list", "- a\n- b\n", ["LV5006 1: a configuration must be a mapping of sections, not a list"]],
    ["a text", "hello\n", ['LV5006 1: a configuration must be a mapping of sections, not the text "hello"']],
    [
      "no section at all",
      "a: 1\n",
      ["model", "datasets", "run"].map((key) => `LV5005 1: this configuration lacks \`${key}\``),
    ],
    [
      "a misspelt section",
      changed("datasets:", "dataset:"),
      ["LV5005 6: this configuration lacks `datasets`"],
      "Did you mean it by `dataset`?",
    ],
    [
      "datasets as a list",
      changed(/datasets:[\s\S]*run:/, "datasets:\n  - coco_caption\nrun:"),
      ["LV5006 6: the section `datasets` must be a mapping, not a list"],
      "Write `name:` on each line in place of `- name`.",
    ],
    [
      "no dataset",
      changed(/datasets:[\s\S]*run:/, "datasets: {}\nrun:"),
      ["LV5006 6: the section `datasets` must be a mapping with a dataset at least, not an empty mapping"],
    ],
    [
      "a dataset without anything",
      changed(/coco_caption:[\s\S]*run:/, "coco_caption:\nrun:"),
      ["LV5006 7: the dataset `coco_caption` must be a mapping, not nothing"],
    ],
    ["no arch", changed("  arch: blip_caption\n", ""), ["LV5005 1: the section `model` lacks `arch`"]],
    ["no task", changed("  task: captioning\n", ""), ["LV5005 20: the section `run` lacks `task`"]],
    [
      "an unknown model",
      changed("blip_caption\n", "blip_captoin\n"),
      ["LV5007 2: LAVIS has no model `blip_captoin`"],
      "Did you mean `blip_caption`?",
    ],
    [
      "an unknown model type",
      changed("base_coco", "large"),
      ["LV5008 3: model `blip_caption` has no model_type `large`"],
      "Did you mean `large_coco`?",
    ],
    [
      "an unknown dataset",
      changed("coco_caption:", "coco_captions:"),
      ["LV5007 7: LAVIS has no dataset `coco_captions`"],
      "Did you mean `coco_caption`?",
    ],
    [
      "an unknown task",
      changed("captioning", "captionning"),
      ["LV5007 21: LAVIS has no task `captionning`"],
      "Did you mean `captioning`?",
    ],
    [
      "an unknown schedule",
      changed("linear_warmup_cosine_lr", "linear_warmup_cosine"),
      ["LV5007 22: LAVIS has no schedule `linear_warmup_cosine`"],
    ],
    [
      "an unknown runner",
      configuration({ run: "  runner: runner_itr\n" }),
      ["LV5007 36: LAVIS has no runner `runner_itr`"],
    ],
    [
      "an unknown processor",
      changed("blip_image_train", "blip_image_trian"),
      ["LV5007 10: LAVIS has no vis_processor `blip_image_trian`"],
      "Did you mean `blip_image_train`, `blip2_image_train` or `clip_image_train`?",
    ],
    [
      "a processor of another medium",
      changed("name: blip_image_eval", "name: blip_caption"),
      ["LV5007 12: LAVIS has no vis_processor `blip_caption`"],
      "`blip_caption` is a text_processor.",
    ],
    [
      "a processor without a mapping",
      changed("      train:\n        name: blip_image_train", "      train: blip_image_train"),
      ['LV5006 9: `train` must be a mapping with a `name`, not the text "blip_image_train"'],
    ],
    [
      "a processor without a name",
      changed("        name: blip_image_train", "        image_size: 384"),
      ["LV5005 9: `train` lacks `name`"],
    ],
    [
      "an unknown type of a dataset",
      configuration({ dataset: "    type: evaluation\n" }),
      ["LV5008 19: dataset `coco_caption` has no type `evaluation`"],
    ],
    [
      "a value to be filled in",
      changed("output/BLIP/Caption_coco", "???"),
      ["LV5010 30: `output_dir` is marked as missing"],
    ],
    [
      "ratios that are not those of the datasets",
      configuration({
        run: "  runner: runner_iter\n  max_iters: 10\n  train_dataset_ratios: {coco_captions: 1}\n",
      }),
      [
        "LV5011 38: `train_dataset_ratios` must name each dataset once: `coco_caption` is missing",
        "LV5011 38: `train_dataset_ratios` must name each dataset once: `coco_captions` is no dataset of this file",
      ],
    ],
    [
      "a reference to nothing",
      configuration({ model: `  pretrained: $\{env.data_dir}/x.pth\n` }),
      [`LV5009 5: the reference \`\${env.data_dir}\` cannot be resolved: there is no \`env.data_dir\``],
    ],
    [
      "a reference to itself",
      configuration({ run: `  a: $\{run.b}\n  b: $\{.a}\n` }),
      [
        `LV5009 36: the reference \`\${run.b}\` cannot be resolved: it refers to itself`,
        `LV5009 37: the reference \`\${.a}\` cannot be resolved: it refers to itself`,
      ],
    ],
    [
      "a resolver that LAVIS does not have",
      configuration({ model: `  pretrained: $\{now:x}\n` }),
      [
        `LV5009 5: the reference \`\${now:x}\` cannot be resolved: there is no resolver of this name; LAVIS has \`oc.env\` only`,
      ],
    ],
  ])("%s", (_, yaml, refusals, note) => {
    const imported = importText(yaml);
    expect(imported.refusals).toEqual(refusals);
    expect(imported.text).toBe("");
    if (note !== undefined) expect(imported.notes).toContain(note);
  });

  it("says all that is wrong at once", () => {
    const yaml = whole.replace("base_coco", "x").replace("coco_caption:", "y:").replace("captioning", "z");
    expect(importText(yaml).refusals.map((refusal) => refusal.slice(0, 9))).toEqual([
      "LV5008 3:",
      "LV5007 7:",
      "LV5007 21",
    ]);
  });
});

describe.each(Object.keys(importMessages) as (keyof ImportMessages)[])("the example of %s", (code) => {
  const { invalid, valid } = exampleOf(code);
  const refusals = (yaml: string) => {
    const imported = importYaml(new SourceText(yaml, "recipe.yaml"), { stem: "recipe" });
    return imported.kind === "refused" ? imported.diagnostics : [];
  };

  it("is refused for this reason alone, as its long explanation shows", () => {
    expect(new Set(refusals(invalid).map((refusal) => refusal.code))).toEqual(new Set([code]));
    expect(said(refusals(invalid), code)).toContain(shownOf(code));
  });

  it("is imported once it is mended, as a recipe that checks", () => {
    expect(refusals(valid)).toEqual([]);
    const { diagnostics } = importText(valid).check;
    expect(diagnostics.map((one) => one.code).filter((one) => one !== "LV3050")).toEqual([]);
  });
});
