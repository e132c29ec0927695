import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { explainRecipe } from "../../../compiler/explain/index.ts";
import { checkText } from "../marked.ts";

const wholeRecipe = readFileSync(new URL("./fixtures/retrieval_coco_ft.lavis", import.meta.url), "utf8");

const common = `lavis 1

/// Where the datasets are.
param data_root: path = "/data"

fragment blip_images for dataset {
  vis_processor { train = blip2_image_train, eval = blip_image_eval(image_size = 224px) }
  data_type = images
}
`;

describe("the whole recipe of the language's description", () => {
  const { partial, diagnostics } = checkText(wholeRecipe, {
    files: { "/common.lavis": common },
  });
  const values = new Map(partial[0] ? explainRecipe(partial[0]).map((one) => [one.path, one]) : []);

  it("lacks only what the runtime has not", () => {
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      "LV3050 the runtime has no task `retrieval` yet",
      "LV3050 the runtime has no model `blip_retrieval` yet",
      "LV3050 the runtime has no dataset `coco_retrieval` yet",
    ]);
  });

  it.each<[string, unknown, string]>([
    ["param.peak_lr", 2e-5, "r.lavis:5"],
    ["param.data_root", "/data", "common.lavis:4"],
    ["task", "retrieval", "r.lavis:9"],
    ["task.k_test", 256, "r.lavis:10"],
    ["model", "blip_retrieval.coco", "r.lavis:13"],
    ["model.load_finetuned", false, "r.lavis:14"],
    ["model.load_pretrained", true, "default of model blip_retrieval.coco"],
    ["model.queue_size", 57_600, "r.lavis:15"],
    ["model.image_size", 384, "default of model blip_retrieval.coco"],
    ["dataset.coco_retrieval.data_type", "images", "fragment blip_images, common.lavis:8"],
    ["dataset.coco_retrieval.vis_processor.eval.image_size", 384, "r.lavis:24"],
    [
      "dataset.coco_retrieval.build_info.images",
      "/data/coco/images",
      "r.lavis:30 (depends on parameter data_root)",
    ],
    ["schedule.init_lr", 2e-5, "r.lavis:34 (depends on parameter peak_lr)"],
    [
      "schedule.warmup_lr",
      2e-5,
      "follows schedule.init_lr, by default of schedule linear_warmup_cosine_lr (depends on parameter peak_lr)",
    ],
    ["schedule.max_epoch", 6, "r.lavis:36"],
    ["optimizer.weight_decay", 0.04, "r.lavis:39"],
    ["run.valid_splits", ["val", "test"], "r.lavis:46"],
    ["run.dist_url", "env://", "r.lavis:50"],
    ["run.output_dir", "output/BLIP/Retrieval_COCO", "r.lavis:55"],
    ["run.accum_grad_iters", 1, "default of run"],
  ])("has %s = %j from %s", (path, value, from) => {
    expect([values.get(path)?.value, values.get(path)?.from]).toEqual([value, from]);
  });

  it("takes the images through its own processors, not those of the fragment that it uses", () => {
    const train = values.get("dataset.coco_retrieval.vis_processor.train");
    expect(train?.value).toMatchObject({ name: "blip_image_train", options: { image_size: 384 } });
  });
});
