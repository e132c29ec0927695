import { describe, expect, it } from "vitest";
import { catalog } from "../../../compiler/catalog/index.ts";
import { describeOrigin, explainRecipe } from "../../../compiler/explain/index.ts";
import { plainOptions } from "../../../compiler/resolve/index.ts";
import { checkText, lines, recipe } from "../marked.ts";

const variants = catalog.get("model", "blip_caption")?.variants ?? {};

/** The values of a recipe by path, with where they came from. */
function valuesOf(source: string, settings = {}) {
  const { partial, diagnostics } = checkText(source, settings);
  expect(lines(diagnostics)).toEqual([]);
  const [first] = partial;
  return new Map(first ? explainRecipe(first).map((one) => [one.path, one] as const) : []);
}

describe("a documented default", () => {
  const values = valuesOf(
    "recipe r {\n  task captioning\n  model blip_caption.base_coco\n  dataset coco_caption\n}\n",
  );
  const stepped = valuesOf(
    "recipe r {\n  task captioning\n  model blip_caption.base_coco\n  dataset coco_caption\n  schedule linear_warmup_step_lr\n}\n",
  );

  it.each<[string, unknown]>([
    ["schedule", "linear_warmup_cosine_lr"],
    ["schedule.init_lr", 1e-5],
    ["schedule.min_lr", 0],
    ["schedule.warmup_lr", 1e-5],
    ["schedule.warmup_steps", 0],
    ["schedule.max_epoch", 5],
    ["schedule.max_iters", null],
    ["schedule.iters_per_inner_epoch", null],
    ["schedule.per_epoch_staircase", false],
    ["optimizer", "adamw"],
    ["optimizer.weight_decay", 0.05],
    ["optimizer.beta1", 0.9],
    ["optimizer.beta2", 0.999],
    ["optimizer.eps", 1e-8],
    ["optimizer.lr_layer_decay", 1],
    ["optimizer.grad_clip_norm", null],
    ["run.seed", 42],
    ["run.evaluate", false],
    ["run.train_splits", ["train"]],
    ["run.valid_splits", ["val"]],
    ["run.test_splits", ["test"]],
    ["run.device", "cuda"],
    ["run.engine", "auto"],
    ["run.world_size", 1],
    ["run.dist_url", "env://"],
    ["run.distributed", true],
    ["run.amp", false],
    ["run.resume_ckpt_path", null],
    ["run.output_dir", "output/r"],
    ["run.accum_grad_iters", 1],
    ["run.log_freq", 50],
    ["run.save_freq", 5],
    ["run.val_freq", 1],
    ["run.save_last", true],
    ["run.use_dist_eval_sampler", true],
    ["run.batch_size_train", 32],
    ["run.batch_size_eval", 64],
    ["task.max_len", 20],
    ["task.min_len", 5],
    ["task.num_beams", 3],
    ["task.select", "agg_metrics"],
    ["model.load_pretrained", true],
    ["model.load_finetuned", false],
    ["model.image_size", 384],
    ["model.vit_type", "base"],
    ["model.prompt", "a picture of "],
    ["dataset.coco_caption.vis_processor.train", { name: "blip_image_train" }],
    ["dataset.coco_caption.vis_processor.eval", { name: "blip_image_eval" }],
    ["dataset.coco_caption.vis_processor.train.image_size", 384],
    ["dataset.coco_caption.vis_processor.train.randaugment", "original"],
    ["dataset.coco_caption.vis_processor.train.min_scale", 0.5],
    ["dataset.coco_caption.text_processor.train.prompt", "a picture of "],
    ["dataset.coco_caption.build_info.images", "cache:data/coco/images"],
    ["dataset.coco_caption.build_info.annotations.val.md5", "b273847456ef5580e33713b1f7de52a0"],
  ])("%s is %j", (path, value) => {
    const found = values.get(path)?.value;
    if (value !== null && typeof value === "object" && !Array.isArray(value))
      expect(found).toMatchObject(value);
    else expect(found).toEqual(value);
  });

  it("of lr_decay_rate is 0.9", () => {
    expect(stepped.get("schedule.lr_decay_rate")?.value).toBe(0.9);
  });

  it.each([
    ["run.seed", "default of run"],
    ["task.max_len", "default of task captioning"],
    ["model.pretrained", "default of model blip_caption.base_coco"],
    ["schedule.init_lr", "default of model blip_caption.base_coco"],
    ["schedule.min_lr", "default of model blip_caption"],
    ["schedule.warmup_lr", "follows schedule.init_lr, by default of schedule linear_warmup_cosine_lr"],
    ["model.load_finetuned", "follows run.evaluate, by default of model blip_caption.base_coco"],
    [
      "dataset.coco_caption.vis_processor.eval.image_size",
      "follows model.image_size, by default of vis_processor blip_image_eval",
    ],
  ])("of %s says that it is the %s", (path, from) => {
    expect(values.get(path)?.from).toBe(from);
  });
});

describe("a default", () => {
  it("of load_finetuned is true in an evaluation", () => {
    const values = valuesOf(
      recipe({ model: "model blip_caption.base_coco", run: "run { device = cpu, evaluate = true }" }),
    );
    expect(values.get("model.load_finetuned")?.value).toBe(true);
  });

  it.each(Object.entries(variants))(
    "of everything is there to evaluate %s with no schedule and no optimizer",
    (variant, { options }) => {
      const weights = options.finetuned === undefined ? 'finetuned = "w.safetensors"' : "";
      const { recipes, diagnostics } = checkText(
        recipe({
          model: `model blip_caption.${variant} { ${weights} }`,
          run: "run { device = cpu, evaluate = true }",
        }),
      );
      expect(lines(diagnostics)).toEqual([]);
      expect(recipes).toHaveLength(1);
    },
  );

  it("follows what the recipe says", () => {
    const values = valuesOf(
      recipe({
        model: 'model blip_caption.tiny { image_size = 96px  prompt = "" }',
        schedule: "schedule { init_lr = 3e-4 }",
      }),
    );
    expect(values.get("dataset.emoji_caption.vis_processor.train.image_size")?.value).toBe(96);
    expect(values.get("dataset.emoji_caption.text_processor.train.prompt")?.value).toBe("");
    expect(values.get("schedule.warmup_lr")?.value).toBe(3e-4);
  });

  it("of the sizes follows vit_type, LAVIS's drop path and checkpoints of the large one included", () => {
    const values = valuesOf(recipe({ model: "model blip_caption.large_coco" }));
    expect(values.get("model.vit_embed_dim")?.value).toBe(1024);
    expect(values.get("model.vit_depth")?.value).toBe(24);
    expect(values.get("model.vit_num_heads")?.value).toBe(16);
    expect(values.get("model.vit_drop_path_rate")?.value).toBe(0.1);
    expect(values.get("model.vit_grad_ckpt")?.value).toBe(true);
    expect(values.get("model.vit_ckpt_layer")?.value).toBe(5);
  });

  it("of max_epoch goes away where max_iters is given", () => {
    const values = valuesOf(recipe({ schedule: "schedule { max_iters = 2_000steps }" }));
    expect(values.get("schedule.max_epoch")?.value).toBeNull();
    expect(values.get("schedule.iters_per_inner_epoch")?.value).toBe(2000);
  });

  it("of a split's file goes when the recipe names a file of its own, and stays for the other splits", () => {
    const values = valuesOf(
      recipe({ dataset: 'dataset coco_caption { build_info { annotations { train = "mine.json" } } }' }),
    );
    const path = "dataset.coco_caption.build_info.annotations";
    expect(values.get(`${path}.train.storage`)?.value).toBe("/mine.json");
    expect(values.get(`${path}.train.url`)?.value).toBeNull();
    expect(values.get(`${path}.train.md5`)?.value).toBeNull();
    expect(values.get(`${path}.test.storage`)?.value).toBe(
      "cache:data/coco/annotations/coco_karpathy_test.json",
    );
    expect(values.get(`${path}.test.md5`)?.value).toBe("3ff34b0ef2db02d01c37399f6a2a6cd1");
  });
});

it("a resolved recipe has every option of every card, in the card's order", () => {
  const { recipes } = checkText(recipe());
  for (const section of [recipes[0]?.task, recipes[0]?.model, recipes[0]?.schedule, recipes[0]?.run]) {
    expect([...(section?.options.keys() ?? [])]).toEqual(Object.keys(section?.card.options ?? {}));
    for (const value of section?.options.values() ?? []) expect(describeOrigin(value.origin)).not.toBe("");
  }
  expect(plainOptions(recipes[0]?.run.options ?? new Map())).toMatchObject({ device: "cpu", seed: 42 });
});
