import type { Example, MessageCode } from "../../diagnostics/index.ts";

type Code = Extract<MessageCode, `LV3${string}`>;

const evaluated = "run { evaluate = true }";

/** What gives each diagnostic about what a recipe means, and the same as it should be. Sections stand in a recipe. */
export const meaningExamples: Readonly<Record<Code, Example>> = {
  LV3001: {
    invalid: "recipe caption {\n  model blip_caption.base_coco\n  dataset coco_caption\n}",
    valid: "recipe caption {\n  task captioning\n  model blip_caption.base_coco\n  dataset coco_caption\n}",
  },
  LV3002: {
    invalid: 'dataset coco_caption { build_info { annotations { extra { md5 = "0" } } } }',
    valid: 'dataset coco_caption { build_info { annotations { extra { storage = "extra.json" } } } }',
  },
  LV3003: {
    invalid: "task retrieval\nmodel blip_caption.base_coco",
    valid: "task captioning\nmodel blip_caption.base_coco",
  },
  LV3004: { invalid: "dataset imagenet", valid: "dataset coco_caption" },
  LV3005: {
    invalid: "dataset coco_caption { vis_processor { train = none } }",
    valid: "dataset coco_caption { vis_processor { train = blip_image_train } }",
  },
  LV3006: {
    invalid: "task captioning { min_len = 20, max_len = 10 }",
    valid: "task captioning { min_len = 5, max_len = 20 }",
  },
  LV3007: {
    invalid: "schedule { init_lr = 1e-5, warmup_lr = 1e-3 }",
    valid: "schedule { init_lr = 1e-5, warmup_lr = 1e-6 }",
  },
  LV3008: {
    invalid: "schedule { init_lr = 1e-5, min_lr = 1e-3 }",
    valid: "schedule { init_lr = 1e-5, min_lr = 0 }",
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
  },
  LV3011: {
    invalid: "model blip_caption.tiny { image_size = 100px, patch_size = 16px }",
    valid: "model blip_caption.tiny { image_size = 112px, patch_size = 16px }",
  },
  LV3012: {
    invalid: "task captioning { select = CIDEr }\nrun { valid_splits = [] }",
    valid: "task captioning { select = CIDEr }\nrun { valid_splits = [val] }",
  },
  LV3013: { invalid: "schedule { max_epoch = 5, max_iters = 1_000 }", valid: "schedule { max_epoch = 5 }" },
  LV3014: { invalid: "schedule { max_epoch = none }", valid: "schedule { max_epoch = 5 }" },
  LV3015: {
    invalid: "schedule { max_iters = 1_000, iters_per_inner_epoch = 5_000 }",
    valid: "schedule { max_iters = 5_000, iters_per_inner_epoch = 1_000 }",
  },
  LV3016: {
    invalid: `model blip_caption.tiny\n${evaluated}`,
    valid: `model blip_caption.tiny { finetuned = "best.safetensors" }\n${evaluated}`,
  },
  LV3017: { invalid: "run { test_splits = [tset] }", valid: "run { test_splits = [test] }" },
  LV3018: { invalid: "dataset emoji_caption { ratio = 2 }", valid: "dataset emoji_caption { }" },
  LV3019: { invalid: "run { engine = wasm, device = cuda }", valid: "run { engine = wasm, device = cpu }" },
  LV3020: {
    invalid: "model blip_caption.tiny { text_hidden_size = 100, text_num_heads = 3 }",
    valid: "model blip_caption.tiny { text_hidden_size = 96, text_num_heads = 3 }",
  },
  LV3021: {
    invalid:
      'model blip_caption.tiny { prompt = "a picture of " }\ndataset emoji_caption { text_processor { train = blip_caption(prompt = "a photo of ") } }',
    valid:
      'model blip_caption.tiny { prompt = "a photo of " }\ndataset emoji_caption { text_processor { train = blip_caption } }',
  },
  LV3022: {
    invalid: "model blip_caption.tiny { max_position_embeddings = 16, max_txt_len = 40 }",
    valid: "model blip_caption.tiny { max_position_embeddings = 64, max_txt_len = 40 }",
  },
  LV3023: { invalid: "run { train_splits = [] }", valid: "run { train_splits = [train] }" },
  LV3024: {
    invalid:
      "dataset emoji_caption { vis_processor { train = blip_image_train(min_scale = 0.9, max_scale = 0.5) } }",
    valid:
      "dataset emoji_caption { vis_processor { train = blip_image_train(min_scale = 0.5, max_scale = 0.9) } }",
  },
  LV3025: {
    invalid: "model blip_caption.tiny { load_pretrained = true }",
    valid: 'model blip_caption.tiny { load_pretrained = true, pretrained = "base.safetensors" }',
  },
  LV3026: {
    invalid: "dataset emoji_caption { vis_processor { eval = blip_image_eval(mean = [0.5]) } }",
    valid: "dataset emoji_caption { vis_processor { eval = blip_image_eval(mean = [0.5, 0.5, 0.5]) } }",
  },
  LV3027: {
    invalid: "schedule { max_epoch = 5, iters_per_inner_epoch = 100 }",
    valid: "schedule { max_iters = 500, iters_per_inner_epoch = 100 }",
  },
  LV3028: {
    invalid: "run { engine = wasm, device = cpu, amp = true }",
    valid: "run { engine = torch, amp = true }",
  },
  LV3029: {
    invalid: "run { device = cpu, engine = torch, amp = true, amp_dtype = float16 }",
    valid: "run { device = cpu, engine = torch, amp = true }",
  },
  LV3050: { invalid: "task text_to_image_generation", valid: "task captioning" },
  LV3051: {
    invalid:
      "task retrieval\nmodel blip_retrieval.coco { queue_size = 57_600 }\ndataset coco_retrieval\nrun { batch_size_train = 7 }",
    valid:
      "task retrieval\nmodel blip_retrieval.coco { queue_size = 57_600 }\ndataset coco_retrieval\nrun { batch_size_train = 32 }",
  },
  LV3052: {
    invalid: "task retrieval { k_test = 100_000 }\nmodel blip_retrieval.coco\ndataset coco_retrieval",
    valid: "task retrieval { k_test = 256 }\nmodel blip_retrieval.coco\ndataset coco_retrieval",
  },
  LV3053: {
    invalid: "dataset coco_caption { vis_processor { train = alpro_video_train } }",
    valid: "dataset coco_caption { vis_processor { train = blip_image_train } }",
  },
  LV3070: {
    invalid:
      'task captioning\nmodel blip_caption.tiny { finetuned = "best.pth" }\ndataset mine from csv {\n  columns { caption = none }\n  annotations { test = "test.csv" }\n}\nrun { evaluate = true, valid_splits = [] }',
    valid:
      'task captioning { report_metric = false }\nmodel blip_caption.tiny { finetuned = "best.pth" }\ndataset mine from csv {\n  columns { caption = none }\n  annotations { test = "test.csv" }\n}\nrun { evaluate = true, valid_splits = [] }',
  },
};
