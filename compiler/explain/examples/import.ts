// biome-ignore-all lint/suspicious/noTemplateCurlyInString: YAML's references are written like this.

import type { ExamplesOf } from "../../diagnostics/example.ts";
import type { ImportMessages } from "../../import-yaml/messages.ts";

const sections = {
  model: "model:\n  arch: blip_caption\n  model_type: base_coco",
  datasets: "datasets:\n  coco_caption:\n    vis_processor:\n      train:\n        name: blip_image_train",
  run: "run:\n  task: captioning",
};

/** A configuration that LAVIS accepts, but for the sections that are given. */
const configuration = (parts: Partial<typeof sections> = {}): string => {
  const { model, datasets, run } = { ...sections, ...parts };
  return `${model}\n\n${datasets}\n\n${run}\n`;
};
const run = (line: string): string => configuration({ run: `${sections.run}\n${line}` });
const mixed = (ratios: string): string =>
  configuration({
    datasets: `${sections.datasets}\n  flickr30k_caption:\n    vis_processor:\n      train:\n        name: blip_image_train`,
    run: `${sections.run}\n  runner: runner_iter\n  max_iters: 1000\n  iters_per_inner_epoch: 100\n  train_dataset_ratios:\n${ratios}`,
  });

/** LV50xx: what `lavisc import` refuses, whole configurations. */
export const importExamples: ExamplesOf<ImportMessages> = {
  LV5001: {
    language: "yaml",
    invalid: run("   seed: 42"),
    valid: run("  seed: 42"),
    given: { problem: "a `key: value` starts inside of another's value" },
  },
  LV5002: { language: "yaml", invalid: "# Fine-tunes BLIP for captions.\n", valid: configuration() },
  LV5003: {
    language: "yaml",
    invalid: run("  seed: 42\n  seed: 43"),
    valid: run("  seed: 43"),
    given: { key: "seed" },
  },
  LV5004: {
    language: "yaml",
    invalid: run("  <<: *batches"),
    valid: `batches: &batches\n  batch_size_train: 32\n\n${run("  <<: *batches")}`,
    given: { subject: "`*batches`", problem: "there is no anchor of this name before it" },
  },
  LV5005: {
    language: "yaml",
    invalid: configuration({ run: "run:\n  tsak: captioning" }),
    valid: configuration(),
    given: { owner: "the section `run`", key: "task" },
  },
  LV5006: {
    language: "yaml",
    invalid: configuration({ datasets: "datasets:\n  - coco_caption" }),
    valid: configuration(),
    given: { subject: "the section `datasets`", expected: "a mapping", found: "a list" },
  },
  LV5007: {
    language: "yaml",
    invalid: configuration({ model: sections.model.replace("blip_caption", "blip_captoin") }),
    valid: configuration(),
    given: { kind: "model", name: "blip_captoin" },
  },
  LV5008: {
    language: "yaml",
    invalid: configuration({ model: sections.model.replace("base_coco", "base_cocoa") }),
    valid: configuration(),
    given: { owner: "model `blip_caption`", key: "model_type", name: "base_cocoa" },
  },
  LV5009: {
    language: "yaml",
    invalid: run("  output_dir: ${run.root}/captions"),
    valid: run("  output_dir: output/captions"),
    given: { reference: "${run.root}", problem: "there is no `run.root`" },
  },
  LV5010: {
    language: "yaml",
    invalid: run("  init_lr: ???"),
    valid: run("  init_lr: 1e-5"),
    given: { key: "init_lr" },
  },
  LV5011: {
    language: "yaml",
    invalid: mixed("    coco_caption: 0.5\n    flickr_caption: 0.5"),
    valid: mixed("    coco_caption: 0.5\n    flickr30k_caption: 0.5"),
    given: { problem: "`flickr30k_caption` is missing" },
  },
};
