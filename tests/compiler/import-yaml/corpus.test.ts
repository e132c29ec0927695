import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { format } from "../../../grammar/index.ts";
import { type ImportedText, importText } from "./imported.ts";
import { differences } from "./lavis-merge.ts";

const folder = new URL("./configs/projects/", import.meta.url);

interface Case extends ImportedText {
  readonly path: string;
  readonly yaml: string;
}

const cases: readonly Case[] = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".yaml"))
  .sort()
  .map((path) => {
    const yaml = readFileSync(new URL(encodeURI(path), folder), "utf8");
    return { path, yaml, ...importText(yaml, path) };
  });
const converted = cases.filter(({ text }) => text !== "");

const brokenObjaverse =
  "LV5001 112: this is not valid YAML: this line is not indented like its neighbours, or a bracket is not closed";
const trained = "xinstruct_blip/train";
const evaluated = "xinstruct_blip/eval";

/** What LAVIS itself fails at. */
const refused: Readonly<Record<string, readonly string[]>> = {
  "blip2/eval/caption_coco_flant5xl_eval.yaml": ["LV5002 1: this file holds no configuration"],
  [`${evaluated}/vicuna7b/pc/objaverse_qa.yaml`]: [brokenObjaverse],
  [`${evaluated}/vicuna7b/pc_no_init/objaverse_qa.yaml`]: [brokenObjaverse],
  [`${evaluated}/vicuna7b/pc_ulip1/objaverse_qa.yaml`]: [brokenObjaverse],
  [`${evaluated}/vicuna7b/pc_ulip_objaverse_shapenet/objaverse_qa.yaml`]: [brokenObjaverse],
  [`${evaluated}/vicuna7b_nocue/pc/objaverse_qa.yaml`]: [brokenObjaverse],
  [`${trained}/vicuna13b/image_train.yaml`]: ["LV5007 280: LAVIS has no dataset `llava150k`"],
  [`${trained}/vicuna7b/audio_training_projection_only_nocue.yaml`]: [
    "LV5003 81: `datasets` stands twice in this mapping",
  ],
  [`${trained}/vicuna7b_nocue/image_train.yaml`]: [
    "LV5011 312: `train_dataset_ratios` must name each dataset once: `llava150k_dialogue_instruct` is missing",
    "LV5011 322: `train_dataset_ratios` must name each dataset once: `llava150k` is no dataset of this file",
  ],
};

/** What LAVIS finds out when it first validates: the split has no annotations. */
const withoutSplit: Readonly<Record<string, string>> = {
  "albef/train/okvqa_ft.yaml": "LV3017 dataset `ok_vqa` has no split `val`",
  [`${trained}/vicuna13b/pc_training.yaml`]:
    "LV3017 dataset `objaverse_mm_caption_instruct` or `objaverse_mm_qa` has no split `val`",
  [`${trained}/vicuna7b/pc_training_no_init.yaml`]:
    "LV3017 dataset `objaverse_mm_caption_instruct` or `objaverse_mm_qa` has no split `val`",
};

/** Where a recipe says the same in other words, or what LAVIS says cannot be said. */
const otherwise: readonly RegExp[] = [
  // runner_iter counts steps, and reads no epochs.
  /: run\.max_epoch: LAVIS 40, recipe null$/,
  // Nothing, where a value must be.
  /: run\.val_freq: LAVIS null, recipe 1$/,
  /template\.yaml: .*: LAVIS (""|\{"storage":""\}), recipe "/,
  // The name of a publisher, of which the card knows the address.
  /: model\.pretrained: LAVIS "openai", recipe "https:/,
  // LAVIS files the defaults of vatex_caption under msvd_cap, so that they do not reach it.
  /: datasets\.vatex_caption\.data_type/,
  // The same folder under the name that the card has for it.
  /: datasets\.webvid2m_caption_instruct\.data_type: LAVIS "images", recipe "videos"$/,
];

describe("LAVIS's run configurations", () => {
  it("are refused where LAVIS fails at them, with the reason and the line", () => {
    const found = cases.filter(({ text }) => text === "").map(({ path, refusals }) => [path, refusals]);
    expect(Object.fromEntries(found)).toEqual(refused);
  });

  it("become recipes that check clean or wait for a part of the runtime, but for mistakes of their own", () => {
    const remaining = converted.flatMap(({ path, check }) =>
      check.diagnostics
        .filter(({ code, severity }) => severity === "error" && !["LV3018", "LV3050"].includes(code))
        .map(({ code, message }) => [path, `${code} ${message}`]),
    );
    expect(Object.fromEntries(remaining)).toEqual(withoutSplit);
  });

  it("become recipes that check clean where the runtime has every part", () => {
    const clean = converted.filter(({ check }) => check.diagnostics.length === 0).map(({ path }) => path);
    expect(clean).toEqual(expect.arrayContaining(["blip/train/caption_coco_ft.yaml"]));
  });

  it("resolve to the values of LAVIS's own merge", () => {
    const found = converted.flatMap(({ path, yaml, check }) =>
      check.partial.flatMap((recipe) =>
        differences(yaml, recipe).map((difference) => `${path}: ${difference}`),
      ),
    );
    expect(found.filter((difference) => !otherwise.some((known) => known.test(difference)))).toEqual([]);
  });

  it("become formatted recipes", () => {
    expect(converted.filter(({ text }) => format(text) !== text).map(({ path }) => path)).toEqual([]);
  });

  it("keep every comment", () => {
    const lost = converted.flatMap(({ path, yaml, text }) =>
      commentsOf(yaml)
        .filter((comment) => !text.includes(comment))
        .map((comment) => `${path}: ${comment}`),
    );
    expect(lost).toEqual([]);
  });

  it("keep every key, as an option or in a FIXME", () => {
    const lost = converted.flatMap(({ path, yaml, text }) =>
      keysOf(yaml)
        .filter((key) => !naming.includes(key) && !new RegExp(`\\b${key}\\b`).test(text))
        .map((key) => `${path}: ${key}`),
    );
    expect(lost).toEqual([]);
  });
});

/** Keys that become the name of something, or that stand for what they hold. */
const naming = [
  "arch",
  "model_type",
  "datasets",
  "name",
  "type",
  "task",
  "lr_sched",
  "runner",
  "train_dataset_ratios",
  "storage",
];

/** The texts of comments, found without the importer's own reader: none of the files has a `#` in a text. */
const commentsOf = (yaml: string): readonly string[] =>
  [...yaml.matchAll(/(?:^|\s)#([^\r\n]*)/g)]
    .map(([, text = ""]) => text.trim())
    .filter((text) => text !== "");

const keysOf = (yaml: string): readonly string[] => [
  ...new Set([...yaml.replace(/#.*/g, "").matchAll(/^\s*([\w-]+)\s*:(?=\s|$)/gm)].map(([, key = ""]) => key)),
];
