import { describe, expect, it } from "vitest";
import { plainOptions } from "../../../compiler/resolve/resolved.ts";
import { checkText, type Parts, recipe } from "../marked.ts";

/** The option at a path of a recipe that gives nothing but its components: what it resolves to. */
function resolved(path: string, parts: Parts = {}): unknown {
  const [one] = checkText(recipe({ run: "", ...parts })).partial;
  const [section = "", ...keys] = path.split(".");
  const found =
    section === "dataset"
      ? one?.datasets[0]
      : one?.[section as "task" | "model" | "schedule" | "optimizer" | "run"];
  const options: unknown = found && plainOptions(found.options);
  return keys.reduce(
    (value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key],
    options,
  );
}

const finetuning: Parts = { model: "model blip_caption.base_coco", dataset: "dataset coco_caption" };
const pretraining: Parts = {
  task: "task image_text_pretrain",
  model: "model blip_pretrain.base",
  dataset: "dataset coco_caption",
};
const evaluating: Parts = { ...finetuning, run: "run { evaluate = true }" };
const coco: Parts = {
  task: "task retrieval",
  model: "model blip_retrieval.coco",
  dataset: "dataset coco_retrieval",
};

/**
 * The option table of LAVIS's page "Training Models on Task Datasets": the page's option, where recipes have it,
 * its documented default, and in which recipe. "Task-dependent" ones have a value that a card of the recipe gives.
 */
const documented: readonly (readonly [option: string, path: string, value: unknown, parts: Parts])[] = [
  ["load_pretrained (finetuning)", "model.load_pretrained", true, finetuning],
  ["load_pretrained (pretraining)", "model.load_pretrained", false, pretraining],
  ["load_finetuned (finetuning)", "model.load_finetuned", false, finetuning],
  ["load_finetuned (evaluation)", "model.load_finetuned", true, evaluating],
  ["warmup_lr: init_lr", "schedule.warmup_lr", 1e-5, finetuning],
  ["warmup_steps", "schedule.warmup_steps", 0, finetuning],
  [
    "lr_decay_rate",
    "schedule.lr_decay_rate",
    0.9,
    { ...finetuning, schedule: "schedule linear_warmup_step_lr" },
  ],
  ["weight_decay", "optimizer.weight_decay", 0.05, finetuning],
  ["seed", "run.seed", 42, finetuning],
  ["resume_ckpt_path", "run.resume_ckpt_path", null, finetuning],
  ["evaluate", "run.evaluate", false, finetuning],
  ["train_splits", "run.train_splits", ["train"], finetuning],
  ["valid_splits", "run.valid_splits", ["val"], finetuning],
  ["test: test_splits", "run.test_splits", ["test"], finetuning],
  ["device", "run.device", "cuda", finetuning],
  ["world_size", "run.world_size", 1, finetuning],
  ["dist_url", "run.dist_url", "env://", finetuning],
  ["distributed", "run.distributed", true, finetuning],
  ["amp", "run.amp", false, finetuning],
  ["max_len (captioning)", "task.max_len", 20, finetuning],
  ["min_len (captioning)", "task.min_len", 5, finetuning],
  ["num_beams", "task.num_beams", 3, finetuning],
  ["negative_all_rank (coco)", "model.negative_all_rank", true, coco],
  ["k_test (coco)", "task.k_test", 256, coco],
];

/** Those whose default the page calls task-dependent: every recipe of a task has one. */
const taskDependent = [
  "model.pretrained",
  "model.finetuned",
  "dataset.vis_processor.train",
  "dataset.vis_processor.eval",
  "dataset.text_processor.train",
  "dataset.text_processor.eval",
  "dataset.build_info.images",
  "dataset.build_info.annotations.train.storage",
  "schedule.init_lr",
  "schedule.min_lr",
  "schedule.max_epoch",
  "run.batch_size_train",
  "run.batch_size_eval",
  "run.output_dir",
] as const;

describe("the option table of the training page", () => {
  it.each(documented)("%s", (_, path, value, parts) => {
    expect(resolved(path, parts)).toEqual(value);
  });

  it("names the schedule of a recipe that names none", () => {
    const [one] = checkText(recipe({ run: "", ...finetuning })).partial;
    expect(one?.schedule?.card.name).toBe("linear_warmup_cosine_lr");
  });

  it("names task, architecture and type as sections, which a recipe must give", () => {
    const [one] = checkText(recipe({ run: "", ...coco })).partial;
    expect([one?.task?.card.name, one?.model?.card.name, one?.model?.variant]).toEqual([
      "retrieval",
      "blip_retrieval",
      "coco",
    ]);
  });

  it.each(taskDependent)("%s depends on the task", (path) => {
    for (const parts of [finetuning, coco])
      expect([path, resolved(path, parts) ?? "none"]).not.toEqual([path, "none"]);
  });
});
