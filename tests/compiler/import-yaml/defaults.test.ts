import { describe, expect, it } from "vitest";
import { configuration, importText, linesWith } from "./imported.ts";
import { datasetDefaults, modelDefaults } from "./lavis-defaults.ts";
import { differences } from "./lavis-merge.ts";

const minimal = (arch: string, type: string, dataset: string, options: string): string => `model:
  arch: ${arch}
  model_type: ${type}
datasets:
  ${dataset}: ${options}
run:
  task: captioning
`;

const differencesOf = (yaml: string): readonly string[] => {
  const { text, refusals, check } = importText(yaml);
  if (text === "" || check.partial.length === 0) throw new Error(`nothing resolved: ${refusals.join()}`);
  return check.partial.flatMap((recipe) => differences(yaml, recipe));
};

/** Where a recipe says the same in other words, or what LAVIS's default makes nothing of. */
const otherwise: readonly RegExp[] = [
  // The name of a publisher, of which the card knows the address.
  /^model\.pretrained: LAVIS "openai", recipe "https:/,
  // A place that users must replace.
  /^model\.llm_model: LAVIS "\/path\/to\//,
  // The folder of the user's own pictures, which LAVIS's default leaves empty.
  /^datasets\.blip_diffusion_finetune\.build_info\.images: LAVIS \{"storage":""\}, /,
  // LAVIS files the defaults of vatex_caption under msvd_cap, so that they do not reach it.
  /^datasets\.vatex_caption\.data_type/,
];
const unexplained = (yaml: string): readonly string[] =>
  differencesOf(yaml).filter((difference) => !otherwise.some((known) => known.test(difference)));

describe("LAVIS's default configurations", () => {
  it.each(Object.entries(modelDefaults))(
    "are what a file that says no more of %s resolves to",
    (arch, types) => {
      const found = Object.keys(types).flatMap((type) =>
        unexplained(minimal(arch, type, "coco_caption", "{}")),
      );
      expect(found).toEqual([]);
    },
  );

  // A model of 224 px: a processor takes the model's size, and LAVIS asserts that they are equal.
  it.each(Object.entries(datasetDefaults))(
    "are what a file that says no more of %s resolves to",
    (name, types) => {
      const options = ["{}", ...Object.keys(types).map((type) => `{ type: ${type} }`)];
      const found = options.flatMap((own) => unexplained(minimal("blip_pretrain", "base", name, own)));
      expect(found).toEqual([]);
    },
  );

  it("are stated where the card mends them, with the reason", () => {
    const { text } = importText(minimal("blip_pretrain", "base", "vlep_caption_instruct", "{}"));
    expect(linesWith(text, "LAVIS words")).toHaveLength(1);
    expect(linesWith(text, "modality = image")).toHaveLength(1);
  });

  it("are not stated over what a file says", () => {
    const own = "{ vis_processor: { eval: { name: blip_image_eval } } }";
    const { text } = importText(minimal("blip_pretrain", "base", "objaverse_mm_qa", own));
    expect(linesWith(text, "clip_image_train")).toEqual([]);
  });

  it("are not stated for datasets whose card has them", () => {
    expect(linesWith(importText(configuration()).text, "LAVIS augments")).toEqual([]);
  });
});
