import { describe, expect, it } from "vitest";
import { checkText, lines, type Parts, recipe } from "../marked.ts";

/** What a check says, apart from what the runtime lacks. */
const mistakes = (parts: Parts) =>
  lines(checkText(recipe({ run: "", ...parts })).diagnostics).filter((line) => !line.startsWith("LV3050"));
const lacks = (parts: Parts) =>
  lines(checkText(recipe({ run: "", ...parts })).diagnostics).filter((line) => line.startsWith("LV3050"));

/** A small recipe of each task. */
const families: readonly (readonly [string, Parts])[] = [
  [
    "captioning of videos",
    {
      model: "model blip2_vicuna_instruct.vicuna7b",
      dataset: "dataset msvd_caption_instruct",
      schedule: "schedule { init_lr = 1e-5, max_epoch = 1 }",
      run: "run { batch_size_train = 4, batch_size_eval = 4 }",
    },
  ],
  [
    "captioning of images, sounds and objects at once",
    {
      model: "model blip2_vicuna_xinstruct.vicuna7b",
      dataset:
        "dataset coco_caption_instruct\n  dataset audiocaps_mm_caption_instruct\n  dataset objaverse_mm_caption_instruct { data_type = pc }",
      schedule: "schedule { init_lr = 1e-5, max_iters = 1000, iters_per_inner_epoch = 500 }",
      run: "run { batch_size_train = 4, batch_size_eval = 4, valid_splits = [], test_splits = [] }",
    },
  ],
  [
    "retrieval",
    { task: "task retrieval", model: "model blip_retrieval.coco", dataset: "dataset coco_retrieval" },
  ],
  [
    "retrieval of videos",
    { task: "task retrieval", model: "model alpro_retrieval.msrvtt", dataset: "dataset msrvtt_retrieval" },
  ],
  [
    "vqa on two datasets, one of them only to train on",
    { task: "task vqa", model: "model blip_vqa.vqav2", dataset: "dataset coco_vqa\n  dataset vg_vqa" },
  ],
  [
    "gqa",
    {
      task: 'task gqa { inference_method = generate, prompt = "Question: {} Short answer:" }',
      model: "model blip2_t5.pretrain_flant5xl",
      dataset: "dataset gqa { type = balanced_testdev }",
      run: "run { evaluate = true, test_splits = [], batch_size_train = 16, batch_size_eval = 64 }",
    },
  ],
  ["aok_vqa", { task: "task aok_vqa", model: "model albef_vqa.vqav2", dataset: "dataset aok_vqa" }],
  [
    "multimodal_classification of pairs",
    { task: "task multimodal_classification", model: "model blip_nlvr.nlvr", dataset: "dataset nlvr" },
  ],
  [
    "multimodal_classification with as many classes as the dataset has",
    {
      task: "task multimodal_classification",
      model: "model blip_classification.base",
      dataset: "dataset snli_ve",
      schedule: "schedule { init_lr = 1e-5, max_epoch = 1 }",
      run: "run { batch_size_train = 4, batch_size_eval = 4 }",
    },
  ],
  [
    "multimodal_classification without a text",
    {
      task: "task multimodal_classification",
      model: "model clip.ViT_B_32",
      dataset: "dataset imagenet",
      run: "run { evaluate = true, valid_splits = [val], test_splits = [], batch_size_train = 1, batch_size_eval = 64 }",
    },
  ],
  [
    "dialogue",
    {
      task: "task dialogue",
      model: "model gpt_dialogue.base",
      dataset: "dataset avsd_dialogue",
    },
  ],
  [
    "discrn_qa",
    {
      task: "task discrn_qa { inference_method = generate }",
      model: "model blip2_vicuna_xinstruct.vicuna7b",
      dataset: "dataset image_pc_discrn",
      run: "run { evaluate = true, test_splits = [], batch_size_train = 1, batch_size_eval = 1 }",
    },
  ],
  [
    "vqa_reading_comprehension, which only evaluates",
    {
      task: "task vqa_reading_comprehension",
      model: "model pnp_vqa.base",
      dataset: "dataset ok_vqa",
      run: "run { batch_size_train = 1, batch_size_eval = 4 }",
    },
  ],
  [
    "gqa_reading_comprehension",
    {
      task: "task gqa_reading_comprehension",
      model: "model img2prompt_vqa.base",
      dataset: "dataset gqa",
      run: "run { batch_size_train = 1, batch_size_eval = 4 }",
    },
  ],
  [
    "image_text_pretrain, which evaluates nothing and loads nothing",
    {
      task: "task image_text_pretrain",
      model: "model albef_pretrain.base { queue_size = 65_536 }",
      dataset: "dataset coco_caption\n  dataset vg_caption",
    },
  ],
  [
    "text_to_image_generation",
    {
      task: "task text_to_image_generation",
      model: "model blip_diffusion.base",
      dataset: 'dataset blip_diffusion_finetune { build_info { subject_text = "dog" } }',
      schedule: "schedule constant_lr { init_lr = 5e-6, max_iters = 40, iters_per_inner_epoch = 20 }",
      run: "run { batch_size_train = 3, batch_size_eval = 1 }",
    },
  ],
];

describe("a recipe that the runtime cannot build yet", () => {
  it.each(families)("is right otherwise: %s", (_, parts) => {
    expect(mistakes(parts)).toEqual([]);
    expect(lacks(parts).length).toBeGreaterThan(0);
    expect(checkText(recipe({ run: "", ...parts })).recipes).toEqual([]);
  });

  it("is told each part that is missing, once, where it is named", () => {
    const text = recipe({
      model: "model blip2_opt.caption_coco_opt2_7b",
      dataset: "dataset coco_caption { vis_processor { train = blip2_image_train() } }",
    });
    const { diagnostics } = checkText(text);
    expect(lines(diagnostics)).toEqual([
      "LV3050 the runtime has no model `blip2_opt` yet",
      "LV3050 the runtime has no vis processor `blip2_image_train` yet",
    ]);
    expect(diagnostics.map(({ span }) => text.slice(span.start, span.end))).toEqual([
      "model blip2_opt.caption_coco_opt2_7b",
      "blip2_image_train()",
    ]);
  });

  it("is told the other mistakes as well", () => {
    const said = lines(
      checkText(recipe({ task: "task vqa { max_len = 0 }", model: "model blip_vqa.vqav2" })).diagnostics,
    );
    expect(said).toContain("LV2105 `max_len` must be at least 1, not 0");
    expect(said).toContain("LV3050 the runtime has no task `vqa` yet");
  });
});

describe("task, model and dataset", () => {
  it("must fit: a captioner ranks nothing", () => {
    expect(mistakes({ task: "task retrieval { k_test = 5 }" })).toContain(
      "LV3003 model `blip_caption` cannot do the task `retrieval`",
    );
  });

  it("a model that only gives features does no task", () => {
    const { diagnostics } = checkText(recipe({ model: "model blip_feature_extractor.base" }));
    const misfit = diagnostics.find(({ code }) => code === "LV3003");
    expect(misfit?.notes).toEqual([
      "It only gives features or scores to programs; no task trains or evaluates it.",
    ]);
  });

  it("a dataset lacks what the task needs in evaluation", () => {
    expect(
      mistakes({
        task: "task retrieval { k_test = 5 }",
        model: "model blip_retrieval.coco",
        dataset: "dataset coco_caption",
      }),
    ).toEqual(["LV3004 dataset `coco_caption` has no txt2img, which task `retrieval` reads"]);
  });

  it("a dataset of another medium is none for the model", () => {
    const said = mistakes({
      task: "task retrieval",
      model: "model blip_retrieval.coco",
      dataset: "dataset msrvtt_retrieval",
    });
    expect(said).toEqual([
      "LV3004 dataset `msrvtt_retrieval` has no image, which model `blip_retrieval` reads",
    ]);
  });

  it("one of several media suffices, of those that `data_type` takes", () => {
    const parts = (data_type: string): Parts => ({
      task: "task vqa { inference_method = generate }",
      model: "model blip2_vicuna_instruct.vicuna7b",
      dataset: `dataset musicavqa_mm_instruct { data_type = ${data_type} }`,
      run: "run { evaluate = true, batch_size_train = 1, batch_size_eval = 1 }",
    });
    expect(mistakes(parts("[video, audio]"))).toEqual([]);
    expect(mistakes(parts("audio"))).toEqual([
      "LV3004 dataset `musicavqa_mm_instruct` has no image or video, which model `blip2_vicuna_instruct` reads",
    ]);
  });

  it("every medium needs a processor, and one of its own", () => {
    const model = "model blip2_vicuna_xinstruct.vicuna7b";
    const task = "task vqa { inference_method = generate }";
    const run = "run { evaluate = true, batch_size_train = 1, batch_size_eval = 1 }";
    const dataset = (key: string, value: string) =>
      `dataset musicavqa_mm_instruct { ${key} { eval = ${value} } }`;
    expect(mistakes({ task, model, run, dataset: dataset("audio_processor", "none") })).toEqual([
      "LV3005 dataset `musicavqa_mm_instruct` has no `audio_processor` for evaluation",
    ]);
    expect(mistakes({ task, model, run, dataset: dataset("video_processor", "clip_image_eval()") })).toEqual([
      "LV3053 `clip_image_eval` prepares image, but the samples of dataset `musicavqa_mm_instruct` have video",
    ]);
    const objects = "dataset modelnet40_cls { data_type = pc, pc_processor { eval = none } }";
    expect(
      mistakes({
        task: "task multimodal_classification",
        model,
        dataset: objects,
        run: "run { evaluate = true, test_splits = [], batch_size_train = 1, batch_size_eval = 1 }",
      }),
    ).toEqual(["LV3005 dataset `modelnet40_cls` has no `pc_processor` for evaluation"]);
  });
});

describe("retrieval", () => {
  const parts = (k: number, more = ""): Parts => ({
    task: `task retrieval { k_test = ${k} }`,
    model: "model blip_retrieval.flickr",
    dataset: `dataset flickr30k${more}`,
  });

  it("ranks again no more candidates than a split has", () => {
    expect(mistakes(parts(1000))).toEqual([]);
    expect(mistakes(parts(1001))).toEqual([
      "LV3052 k_test (1001) exceeds the 1000 candidates of split `test` of dataset `flickr30k`",
    ]);
  });

  it("says so once, of the smallest split, where the others are too small as well", () => {
    const over = { ...parts(99_999), run: "run { valid_splits = [val, test] }" };
    expect(mistakes(over)).toEqual([
      expect.stringMatching(/^LV3052 k_test \(99999\) exceeds the 1000 candidates of split `test`/),
    ]);
  });

  it("does not know how many candidates a file of the user's has", () => {
    expect(mistakes(parts(1010, ' { build_info { annotations { test = "mine.json" } } }'))).toEqual([]);
  });

  it("fills its queue by whole batches of all processes", () => {
    const queue = (size: number) => ({
      ...parts(10),
      model: `model blip_retrieval.flickr { queue_size = ${size} }`,
      run: "run { batch_size_train = 32 }",
    });
    expect(mistakes(queue(640))).toEqual([]);
    expect(mistakes(queue(0))).toEqual([]);
    expect(mistakes(queue(1000))).toEqual([
      "LV3051 queue_size (1000) is not a multiple of the global batch (32 samples)",
    ]);
  });

  it("must be told `k_test` where the dataset does not", () => {
    expect(mistakes({ ...parts(1), task: "task retrieval", dataset: "dataset coco_caption" })).toContain(
      "LV3002 `k_test` of task `retrieval` has no value",
    );
  });

  it("selects by a metric of its own", () => {
    expect(mistakes({ ...parts(1), task: "task retrieval { select = CIDEr }" })[0]).toMatch(/^LV2106 /);
  });
});

describe("the sizes of images", () => {
  const video = (model: string, processor: string): Parts => ({
    task: "task retrieval",
    model: `model alpro_retrieval.msrvtt { ${model} }`,
    dataset: `dataset msrvtt_retrieval { vis_processor { train { ${processor} } } }`,
  });

  it("follow the model, wherever it has them", () => {
    expect(mistakes(video("timesformer { image_size = 112px }", ""))).toEqual([]);
    expect(mistakes(video("", "image_size = 112px"))).toEqual([
      "LV3010 the processor makes images of 112 px, but the model takes 224 px",
    ]);
  });

  it("are cut into whole patches, of an option's size or of the model's own", () => {
    expect(mistakes(video("timesformer { image_size = 100px }", ""))).toEqual([
      "LV3011 image_size (100 px) is not a multiple of patch_size (16 px)",
    ]);
    expect(mistakes({ model: "model blip2_opt.pretrain_opt2_7b { image_size = 230px }" })).toEqual([
      "LV3011 image_size (230 px) is not a multiple of patch_size (14 px)",
    ]);
  });

  it("of CLIP's ResNet need no patches", () => {
    const parts = {
      task: "task retrieval",
      model: "model clip.RN50 { image_size = 230px }",
      dataset: "dataset flickr30k",
    };
    expect(mistakes(parts)).toEqual([]);
  });
});

describe("a prompt", () => {
  it("of a language model is no start of captions", () => {
    const parts = { model: 'model blip2_t5.pretrain_flant5xl { prompt = "Question: " }' };
    expect(mistakes(parts)).toEqual([]);
  });

  it("of a captioner is", () => {
    expect(
      mistakes({
        dataset: 'dataset emoji_caption { text_processor { train { prompt = "an icon of " } } }',
        run: "run { device = cpu }",
      }),
    ).toEqual(['LV3021 captions begin with "an icon of ", but the model expects "a picture of "']);
  });
});
