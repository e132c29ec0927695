import type { ExamplesOf, MessageCode, Messages } from "../../diagnostics/index.ts";

type Code = Extract<MessageCode, `LV3${string}`>;

const evaluated = "run { evaluate = true }";

/** What gives each diagnostic about what a recipe means, and the same as it should be. Sections stand in a recipe. */
export const meaningExamples: ExamplesOf<Messages, Code> = {
  LV3001: {
    invalid: "recipe caption {\n  model blip_caption.base_coco\n  dataset coco_caption\n}",
    valid: "recipe caption {\n  task captioning\n  model blip_caption.base_coco\n  dataset coco_caption\n}",
    given: { recipe: "caption", section: "task" },
  },
  LV3002: {
    invalid: 'dataset coco_caption { build_info { annotations { extra { md5 = "0" } } } }',
    valid: 'dataset coco_caption { build_info { annotations { extra { storage = "extra.json" } } } }',
    given: { key: "storage", owner: "`extra` of `annotations` of `build_info` of dataset `coco_caption`" },
  },
  LV3003: {
    invalid: "task retrieval\nmodel blip_caption.base_coco",
    valid: "task captioning\nmodel blip_caption.base_coco",
    given: { model: "blip_caption", task: "retrieval" },
  },
  LV3004: {
    invalid: "dataset imagenet",
    valid: "dataset coco_caption",
    given: { dataset: "imagenet", field: "text_input", reader: "model `blip_caption`" },
  },
  LV3005: {
    invalid: "dataset coco_caption { vis_processor { train = none } }",
    valid: "dataset coco_caption { vis_processor { train = blip_image_train } }",
    given: { dataset: "coco_caption", processor: "vis_processor", phase: "training" },
  },
  LV3006: {
    invalid: "task captioning { min_len = 20, max_len = 10 }",
    valid: "task captioning { min_len = 5, max_len = 20 }",
    given: { min: 20, max: 10 },
  },
  LV3007: {
    invalid: "schedule { init_lr = 1e-5, warmup_lr = 1e-3 }",
    valid: "schedule { init_lr = 1e-5, warmup_lr = 1e-6 }",
    given: { warmup: "1e-3", peak: "1e-5" },
  },
  LV3008: {
    invalid: "schedule { init_lr = 1e-5, min_lr = 1e-3 }",
    valid: "schedule { init_lr = 1e-5, min_lr = 0 }",
    given: { min: "1e-3", peak: "1e-5" },
  },
  LV3009: {
    invalid: `model blip_caption.base_coco\nrun { evaluate = true, resume_ckpt_path = "best.safetensors" }`,
    valid: `model blip_caption.base_coco { finetuned = "best.safetensors" }\n${evaluated}`,
  },
  LV3010: {
    invalid:
      "model blip_caption.tiny { image_size = 128px }\ndataset emoji_caption { vis_processor { eval = blip_image_eval(image_size = 96px) } }",
    valid:
      "model blip_caption.tiny { image_size = 128px }\ndataset emoji_caption { vis_processor { eval = blip_image_eval } }",
    given: { processor: 96, model: 128 },
  },
  LV3011: {
    invalid: "model blip_caption.tiny { image_size = 100px, patch_size = 16px }",
    valid: "model blip_caption.tiny { image_size = 112px, patch_size = 16px }",
    given: { size: 100, patch: 16 },
  },
  LV3012: {
    invalid: "task captioning { select = CIDEr }\nrun { valid_splits = [] }",
    valid: "task captioning { select = CIDEr }\nrun { valid_splits = [val] }",
    given: { reason: "`valid_splits` is empty" },
  },
  LV3013: { invalid: "schedule { max_epoch = 5, max_iters = 1_000 }", valid: "schedule { max_epoch = 5 }" },
  LV3014: { invalid: "schedule { max_epoch = none }", valid: "schedule { max_epoch = 5 }" },
  LV3015: {
    invalid: "schedule { max_iters = 1_000, iters_per_inner_epoch = 5_000 }",
    valid: "schedule { max_iters = 5_000, iters_per_inner_epoch = 1_000 }",
    given: { inner: 5000, max: 1000 },
  },
  LV3016: {
    invalid: `model blip_caption.tiny\n${evaluated}`,
    valid: `model blip_caption.tiny { finetuned = "best.safetensors" }\n${evaluated}`,
  },
  LV3017: {
    invalid: "run { test_splits = [tset] }",
    valid: "run { test_splits = [test] }",
    given: { datasets: "`emoji_caption`", splits: "`tset`" },
  },
  LV3018: {
    invalid: "task captioning { load_gt_from_file = true }",
    valid: "task captioning",
    given: {
      key: "load_gt_from_file",
      found: "true",
      because: "references are what the dataset or `annotation_file` has in this version",
      only: "false",
    },
  },
  LV3019: {
    invalid: "run { engine = wasm, device = cuda }",
    valid: "run { engine = wasm, device = cpu }",
    given: { engine: "wasm", device: "cuda" },
  },
  LV3020: {
    invalid: "model blip_caption.tiny { text_hidden_size = 100, text_num_heads = 3 }",
    valid: "model blip_caption.tiny { text_hidden_size = 96, text_num_heads = 3 }",
    given: { width: "text_hidden_size", widthValue: 100, heads: "text_num_heads", headsValue: 3 },
  },
  LV3021: {
    invalid:
      'model blip_caption.tiny { prompt = "a picture of " }\ndataset emoji_caption { text_processor { train = blip_caption(prompt = "a photo of ") } }',
    valid:
      'model blip_caption.tiny { prompt = "a photo of " }\ndataset emoji_caption { text_processor { train = blip_caption } }',
    given: { processor: "a photo of ", model: "a picture of " },
  },
  LV3022: {
    invalid: "model blip_caption.tiny { max_position_embeddings = 16, max_txt_len = 40 }",
    valid: "model blip_caption.tiny { max_position_embeddings = 64, max_txt_len = 40 }",
    given: { option: "max_len", length: 20, positions: 16 },
  },
  LV3023: {
    invalid: "run { train_splits = [] }",
    valid: "run { train_splits = [train] }",
    given: { problem: "`train_splits` is empty, so there is nothing to train on" },
  },
  LV3024: {
    invalid:
      "dataset emoji_caption { vis_processor { train = blip_image_train(min_scale = 0.9, max_scale = 0.5) } }",
    valid:
      "dataset emoji_caption { vis_processor { train = blip_image_train(min_scale = 0.5, max_scale = 0.9) } }",
    given: { min: "0.9", max: "0.5" },
  },
  LV3025: {
    invalid: "model blip_caption.tiny { load_pretrained = true }",
    valid: 'model blip_caption.tiny { load_pretrained = true, pretrained = "base.safetensors" }',
    given: { load: "load_pretrained", weights: "pretrained" },
  },
  LV3026: {
    invalid: "dataset emoji_caption { vis_processor { eval = blip_image_eval(mean = [0.5]) } }",
    valid: "dataset emoji_caption { vis_processor { eval = blip_image_eval(mean = [0.5, 0.5, 0.5]) } }",
    given: { key: "mean", found: 1 },
  },
  LV3027: {
    invalid: "schedule { max_epoch = 5, iters_per_inner_epoch = 100 }",
    valid: "schedule { max_iters = 500, iters_per_inner_epoch = 100 }",
    given: { key: "iters_per_inner_epoch", other: "max_iters", value: "none" },
  },
  LV3028: {
    invalid: "run { engine = wasm, device = cpu, amp = true }",
    valid: "run { engine = torch, amp = true }",
    given: { engine: "wasm" },
  },
  LV3029: {
    invalid: "run { device = cpu, engine = torch, amp = true, amp_dtype = float16 }",
    valid: "run { device = cpu, engine = torch, amp = true }",
  },
  LV3030: {
    invalid:
      'dataset my_pairs from webdataset {\n  annotations {\n    train = "train-{015..000}.tar"\n    val = "val.tar"\n    test = "test.tar"\n  }\n}',
    valid:
      'dataset my_pairs from webdataset {\n  annotations {\n    train = "train-{000..015}.tar"\n    val = "val.tar"\n    test = "test.tar"\n  }\n}',
    given: { split: "train", dataset: "my_pairs", problem: "`{015..000}` counts down" },
  },
  LV3032: {
    invalid: 'dataset coco_caption { build_info { annotations { trian = "my_train.json" } } }',
    valid: 'dataset coco_caption { build_info { annotations { train = "my_train.json" } } }',
    given: { split: "trian", dataset: "coco_caption" },
  },
  LV3031: {
    invalid: "recipe r {\n  dataset coco_caption { ratio = 1 }\n  dataset emoji_caption\n}",
    valid: "recipe r {\n  dataset coco_caption { ratio = 0.8 }\n  dataset emoji_caption { ratio = 0.2 }\n}",
    given: { sum: 1, dataset: "emoji_caption" },
  },
  LV3050: {
    invalid: "task text_to_image_generation",
    valid: "task captioning",
    given: { kind: "task", name: "text_to_image_generation" },
  },
  LV3051: {
    invalid:
      "task retrieval\nmodel blip_retrieval.coco { queue_size = 57_600 }\ndataset coco_retrieval\nrun { batch_size_train = 7 }",
    valid:
      "task retrieval\nmodel blip_retrieval.coco { queue_size = 57_600 }\ndataset coco_retrieval\nrun { batch_size_train = 32 }",
    given: { queue: 57600, global: 7 },
  },
  LV3052: {
    invalid: "task retrieval { k_test = 100_000 }\nmodel blip_retrieval.coco\ndataset coco_retrieval",
    valid: "task retrieval { k_test = 256 }\nmodel blip_retrieval.coco\ndataset coco_retrieval",
    given: { wanted: 100000, found: 5000, split: "val", dataset: "coco_retrieval" },
  },
  LV3053: {
    invalid: "dataset coco_caption { vis_processor { train = alpro_video_train } }",
    valid: "dataset coco_caption { vis_processor { train = blip_image_train } }",
    given: { processor: "alpro_video_train", prepares: "video", dataset: "coco_caption", field: "image" },
  },
  LV3070: {
    invalid:
      'task captioning\nmodel blip_caption.tiny { finetuned = "best.pth" }\ndataset mine from csv {\n  columns { caption = none }\n  annotations { test = "test.csv" }\n}\nrun { evaluate = true, valid_splits = [] }',
    valid:
      'task captioning { report_metric = false }\nmodel blip_caption.tiny { finetuned = "best.pth" }\ndataset mine from csv {\n  columns { caption = none }\n  annotations { test = "test.csv" }\n}\nrun { evaluate = true, valid_splits = [] }',
    given: { dataset: "mine" },
  },
  LV3071: {
    invalid:
      'dataset shop from jsonl {\n  fields { text_input = "title" }\n  annotations { train = "a.jsonl", val = "b.jsonl", test = "b.jsonl" }\n}',
    valid:
      'dataset shop from jsonl {\n  columns { caption = "title" }\n  annotations { train = "a.jsonl", val = "b.jsonl", test = "b.jsonl" }\n}',
    given: { field: "text_input", why: '`columns { caption = "…" }` gives it' },
  },
  LV3072: {
    invalid:
      'dataset shop from jsonl {\n  fields { price = "usd" }\n  annotations { train = "a.jsonl", val = "b.jsonl", test = "b.jsonl" }\n}',
    valid:
      'dataset shop from jsonl {\n  annotations { train = "a.jsonl", val = "b.jsonl", test = "b.jsonl" }\n}',
    given: { field: "price", dataset: "shop" },
  },
  LV3073: {
    invalid:
      'secret hub = env("HUB_TOKEN")\n\nrecipe caption {\n  task captioning\n  model blip_caption.tiny {\n    load_finetuned = true\n    finetuned = "http://models.example.org/blip.safetensors"\n    weights_token = hub\n  }\n  dataset coco_caption\n}',
    valid:
      'secret hub = env("HUB_TOKEN")\n\nrecipe caption {\n  task captioning\n  model blip_caption.tiny {\n    load_finetuned = true\n    finetuned = "https://models.example.org/blip.safetensors"\n    weights_token = hub\n  }\n  dataset coco_caption\n}',
    given: { secret: "weights_token", host: "models.example.org" },
  },
};
