/**
 * What people who know LAVIS write, and how it is written here: names of its YAML files that became something
 * else, and what its documentation page spells in another way.
 */

import type { SectionKind } from "./catalog.ts";

export interface LavisSpelling {
  /** How it is written here, in words: "the name behind `schedule`". */
  readonly ours: string;
  /** The option of the same section that it is another spelling of: the fix renames the key. */
  readonly rename?: string;
  /** The section whose name is the key's value. */
  readonly names?: SectionKind;
}

const scheduleName: LavisSpelling = {
  ours: "as the name behind `schedule`: `schedule linear_warmup_cosine_lr { … }`",
  names: "schedule",
};

/**
 * Keys by their section; `""` holds those that people write straight into the recipe, `format` those of datasets of
 * their own.
 */
export const lavisKeys: Readonly<
  Partial<Record<SectionKind | "format" | "", Readonly<Record<string, LavisSpelling>>>>
> = {
  "": {
    lr_sched: scheduleName,
    arch: { ours: "as the name behind `model`: `model blip_caption.base_coco { … }`" },
    model_type: { ours: "as the variant behind the model's name: `model blip_caption.base_coco { … }`" },
  },
  model: {
    arch: { ours: "as the name behind `model`: `model blip_caption.base_coco { … }`" },
    model_type: { ours: "as the variant behind the model's name: `model blip_caption.base_coco { … }`" },
    med_config_path: {
      ours: "as the options `text_hidden_size`, `text_num_layers`, `text_num_heads`, `text_intermediate_size` and so on; the variants have LAVIS's sizes",
    },
  },
  dataset: {
    images: { ours: "inside of `build_info`: `build_info { images = … }`" },
    annotations: { ours: "inside of `build_info`: `build_info { annotations { … } }`" },
    data_dir: { ours: "as `build_info { images = … }`" },
  },
  format: {
    build_info: { ours: "without it: `images` and `annotations` stand in the dataset itself" },
  },
  schedule: {
    lr_sched: scheduleName,
    lr: { ours: "`init_lr`", rename: "init_lr" },
    epochs: { ours: "`max_epoch`", rename: "max_epoch" },
  },
  optimizer: {
    lr: { ours: "`init_lr`, in the `schedule` section" },
    clip_grad: { ours: "`grad_clip_norm`", rename: "grad_clip_norm" },
  },
  run: {
    task: { ours: "as a section of its own: `task captioning { … }`", names: "task" },
    lr_sched: scheduleName,
    test: { ours: "`test_splits`", rename: "test_splits" },
    valid: { ours: "`valid_splits`", rename: "valid_splits" },
    train: { ours: "`train_splits`", rename: "train_splits" },
    runner: {
      ours: "as the schedule's length: `max_iters` and `iters_per_inner_epoch` for LAVIS's runner_iter, `max_epoch` otherwise",
    },
    train_dataset_ratios: { ours: "as `ratio` in each `dataset` section" },
    lr: { ours: "`init_lr`, in the `schedule` section" },
  },
};

/** Components by what LAVIS's documentation page calls them: "decay per epoch for step_lr_shedule". */
export const lavisNames: Readonly<Partial<Record<SectionKind, Readonly<Record<string, string>>>>> = {
  schedule: {
    step_lr_shedule: "linear_warmup_step_lr",
    step_lr_schedule: "linear_warmup_step_lr",
    step_lr: "linear_warmup_step_lr",
  },
};

/** Sections by LAVIS's names. */
export const lavisSections: Readonly<Record<string, LavisSpelling>> = {
  datasets: { ours: "as one `dataset NAME { … }` for each", rename: "dataset" },
  preprocess: { ours: "as `vis_processor` and `text_processor` in each `dataset` section" },
  lr_sched: { ours: "`schedule NAME { … }`", rename: "schedule" },
  runner: { ours: "`run { … }`", rename: "run" },
};

/** Values by what other tools call them. */
export const foreignValues: Readonly<Record<string, string>> = {
  gpu: "cuda",
  ",": "comma",
  ";": "semicolon",
  "\t": "tab",
};
