import { recipe } from "../marked.ts";
import type { Case } from "./case.ts";

const run = (entry: string) => recipe({ run: `run { device = cpu, ${entry} }` });
const evaluated = 'model blip_caption.tiny { finetuned = "w.safetensors" }';

/** LV3xxx: meaning. */
export const meaningCases: readonly Case[] = [
  {
    code: "LV3001",
    title: "a recipe without a dataset",
    source: "recipe «r» { task captioning  model blip_caption.tiny  run { device = cpu } }\n",
    message: "recipe `r` has no `dataset`",
  },
  {
    code: "LV3002",
    title: "an annotation file of a split without its path",
    source: recipe({
      dataset: 'dataset emoji_caption { build_info { annotations { «extra» { md5 = "0" } } } }',
    }),
    message: "`storage` of `extra` of `annotations` of `build_info` of dataset `emoji_caption` has no value",
  },
  {
    code: "LV3005",
    title: "images without a processor for training",
    source: recipe({ dataset: "dataset emoji_caption { vis_processor { train = «none» } }" }),
    message: "dataset `emoji_caption` has no `vis_processor` for training",
  },
  {
    code: "LV3005",
    title: "captions without a processor for training",
    source: recipe({ dataset: "dataset emoji_caption { text_processor { train = «none» } }" }),
    message: "dataset `emoji_caption` has no `text_processor` for training",
  },
  {
    code: "LV3006",
    title: "min_len of max_len",
    source: recipe({ task: "task captioning { min_len = «20» }" }),
    message: "min_len (20) must be less than max_len (20)",
    note: "`max_len = 20` comes from: default of task captioning.",
  },
  {
    code: "LV3006",
    title: "min_len above max_len, both written",
    source: recipe({ task: "task captioning { max_len = 4  min_len = «8» }" }),
    message: "min_len (8) must be less than max_len (4)",
    label: "max_len is 4",
  },
  {
    code: "LV3007",
    title: "a warm-up that falls",
    source: recipe({ schedule: "schedule { init_lr = 1e-5  warmup_lr = «1e-3» }" }),
    message: "warmup_lr (1e-3) must not exceed init_lr (1e-5)",
    label: "init_lr is 1e-5",
  },
  {
    code: "LV3008",
    title: "a minimum above the peak",
    source: recipe({ schedule: "schedule { init_lr = 1e-5  min_lr = «1e-3» }" }),
    message: "min_lr (1e-3) must not exceed init_lr (1e-5)",
  },
  {
    code: "LV3009",
    title: "resuming an evaluation",
    source: recipe({
      model: evaluated,
      run: 'run { device = cpu, evaluate = true, resume_ckpt_path = «"c"» }',
    }),
    message: "`resume_ckpt_path` continues a training, but `evaluate = true` does not train",
    label: "evaluate is true",
  },
  {
    code: "LV3010",
    title: "a processor of another image size",
    source: recipe({
      dataset: "dataset emoji_caption { vis_processor { eval = blip_image_eval(image_size = «96px») } }",
    }),
    message: "the processor makes images of 96 px, but the model takes 64 px",
    fixed: "eval = blip_image_eval() }",
  },
  {
    code: "LV3010",
    title: "a processor of another image size among other arguments",
    source: recipe({
      dataset:
        "dataset emoji_caption { vis_processor {\n    train = blip_image_train(\n      min_scale = 25%,\n      image_size = «96px»\n    )\n  } }",
    }),
    message: "the processor makes images of 96 px, but the model takes 64 px",
    fixed: "train = blip_image_train(\n      min_scale = 25%\n    )",
  },
  {
    code: "LV3011",
    title: "an image that is not cut into whole patches",
    source: recipe({ model: "model blip_caption.tiny { image_size = «100px» }" }),
    message: "image_size (100 px) is not a multiple of patch_size (8 px)",
    note: "Near it: 96px, 104px.",
  },
  {
    code: "LV3012",
    title: "a best checkpoint without validation",
    source: recipe({
      task: "task captioning { select = «CIDEr» }",
      run: "run { device = cpu, valid_splits = [] }",
    }),
    message: "`select` picks the best checkpoint by validation, but `valid_splits` is empty",
  },
  {
    code: "LV3012",
    title: "a best checkpoint without metrics",
    source: recipe({ task: "task captioning { select = «CIDEr», report_metric = false }" }),
    message: "`select` picks the best checkpoint by validation, but `report_metric` is false",
  },
  {
    code: "LV3013",
    title: "two lengths of a training",
    source: recipe({ schedule: "schedule { max_epoch = 2  max_iters = «100» }" }),
    message: "both `max_epoch` and `max_iters` say how long to train",
    label: "max_epoch is 2",
  },
  {
    code: "LV3014",
    title: "no length of a training",
    source: recipe({ schedule: "«schedule» { max_epoch = none }" }),
    message: "nothing says how long to train",
  },
  {
    code: "LV3015",
    title: "an inner epoch longer than the run",
    source: recipe({ schedule: "schedule { max_iters = 100  iters_per_inner_epoch = «500» }" }),
    message: "iters_per_inner_epoch (500) must not exceed max_iters (100)",
  },
  {
    code: "LV3016",
    title: "an evaluation of a model without weights",
    source: recipe({ model: "«model blip_caption.tiny»", run: "run { device = cpu, evaluate = true }" }),
    message: "`evaluate = true` with a model that has no weights",
    label: "evaluate is true",
  },
  {
    code: "LV3017",
    title: "a split that the dataset does not have",
    source: run("test_splits = [«tset»]"),
    message: "dataset `emoji_caption` has no split `tset`",
    fixed: "test_splits = [test]",
  },
  {
    code: "LV3018",
    title: "references from elsewhere",
    source: recipe({ task: "task captioning { load_gt_from_file = «true» }" }),
    message:
      "`load_gt_from_file = true` is not available yet: references are what the dataset or `annotation_file` has in this version",
  },
  {
    code: "LV3018",
    title: "another name of an image",
    source: recipe({ task: 'task captioning { sample_id_key = «"name"» }' }),
    message:
      '`sample_id_key = "name"` is not available yet: references are what the dataset or `annotation_file` has in this version',
  },
  {
    code: "LV3019",
    title: "the GPU without saying so, with an engine of the CPU",
    source: recipe({ run: "run { engine = «wasm» }" }),
    message: "engine `wasm` does not compute on `cuda`",
    note: "`device = cuda` comes from: default of run.",
  },
  {
    code: "LV3020",
    title: "heads that do not divide the width",
    source: recipe({ model: "model blip_caption.tiny { vit_embed_dim = «100» }" }),
    message: "vit_embed_dim (100) is not a multiple of vit_num_heads (3)",
  },
  {
    code: "LV3021",
    title: "captions with another prompt than the model's",
    source: recipe({
      dataset: 'dataset emoji_caption { text_processor { train = blip_caption(prompt = «"a photo of "») } }',
    }),
    message: 'captions begin with "a photo of ", but the model expects "a picture of "',
  },
  {
    code: "LV3022",
    title: "texts longer than the decoder",
    source: recipe({ task: "task captioning { max_len = «100» }" }),
    message: "max_len (100 tokens) exceeds the decoder's max_position_embeddings (64)",
  },
  {
    code: "LV3023",
    title: "nothing to train on",
    source: run("train_splits = «[]»"),
    message: "`train_splits` is empty, so there is nothing to train on",
  },
  {
    code: "LV3023",
    title: "nothing to evaluate",
    source: recipe({
      model: evaluated,
      run: "run { device = cpu, evaluate = «true», valid_splits = [], test_splits = [] }",
    }),
    message: "`evaluate = true`, but `valid_splits` and `test_splits` are empty",
  },
  {
    code: "LV3024",
    title: "scales in the wrong order",
    source: recipe({
      dataset:
        "dataset emoji_caption { vis_processor { train = blip_image_train(min_scale = «90%», max_scale = 50%) } }",
    }),
    message: "min_scale (0.9) must not exceed max_scale (0.5)",
    label: "max_scale is 0.5",
  },
  {
    code: "LV3025",
    title: "pre-trained weights of a variant that has none",
    source: recipe({ model: "model blip_caption.tiny { load_pretrained = «true» }" }),
    message: "`load_pretrained = true`, but `pretrained` names no weights",
    fixed: "load_pretrained = false",
  },
  {
    code: "LV3026",
    title: "one mean for three channels",
    source: recipe({
      dataset: "dataset emoji_caption { vis_processor { train = blip_image_train(mean = «[0.5]») } }",
    }),
    message: "`mean` needs three numbers (red, green, blue), not 1",
  },
  {
    code: "LV3027",
    title: "inner epochs of a training in epochs",
    source: recipe({ schedule: "schedule {\n    max_epoch = 3\n    iters_per_inner_epoch = «10»\n  }" }),
    message: "`iters_per_inner_epoch` has no effect while `max_iters` is none",
    fixed: "max_epoch = 3\n  }",
  },
  {
    code: "LV3027",
    title: "a precision without mixed precision",
    source: recipe({ run: "run {\n    device = cpu\n    amp_dtype = «bfloat16»\n  }" }),
    message: "`amp_dtype` has no effect while `amp` is false",
    note: "`amp = false` comes from: default of run.",
    fixed: "device = cpu\n  }",
  },
  {
    code: "LV3027",
    title: "beams of captions that are drawn",
    source: recipe({
      task: "task captioning {\n    use_nucleus_sampling = true\n    num_beams = «5»\n  }",
    }),
    message: "`num_beams` has no effect while `use_nucleus_sampling` is true",
    label: "use_nucleus_sampling is true",
    fixed: "use_nucleus_sampling = true\n  }",
  },
  {
    code: "LV3027",
    title: "a share of the tokens of captions that are searched",
    source: recipe({ task: "task captioning {\n    max_len = 10\n    top_p = «0.5»\n  }" }),
    message: "`top_p` has no effect while `use_nucleus_sampling` is false",
    note: "`use_nucleus_sampling = false` comes from: default of task captioning.",
    fixed: "max_len = 10\n  }",
  },
  {
    code: "LV3028",
    title: "mixed precision on an engine that has none",
    source: run("amp = «true», engine = wasm"),
    message: "`amp = true`, but engine `wasm` computes in float32 only",
    label: "engine is wasm",
  },
  {
    code: "LV3028",
    title: "mixed precision on TensorFlow's GPU",
    source: recipe({ run: "run { engine = tfjs_node_gpu, amp = «true» }" }),
    message: "`amp = true`, but engine `tfjs_node_gpu` computes in float32 only",
  },
  {
    code: "LV3029",
    title: "float16 on the CPU",
    source: recipe({ run: "run {\n    device = cpu\n    amp = true\n    amp_dtype = «float16»\n  }" }),
    message: "`amp_dtype = float16` needs a GPU, but the device is `cpu`",
    label: "device is cpu",
    fixed: "amp = true\n  }",
  },
  {
    code: "LV3031",
    title: "a dataset for which the ratios of the others leave no share",
    source: recipe({ dataset: "dataset coco_caption { ratio = «1.5» }  dataset emoji_caption" }),
    message: "the ratios sum to 1.5, which leaves nothing for dataset `emoji_caption`",
  },
  {
    code: "LV3073",
    title: "weights that a secret opens, over plain http",
    source: recipe({
      head: 'secret hub = env("HUB_TOKEN")\n',
      model:
        'model blip_caption.tiny { load_finetuned = true, finetuned = «"http://models.example.org/a.safetensors"», weights_token = hub }',
    }),
    message: "`weights_token` would be sent to models.example.org over plain http",
    fixed: 'finetuned = "https://models.example.org/a.safetensors"',
  },
  {
    code: "LV3073",
    title: "annotations that a secret opens, over plain http",
    source: recipe({
      head: 'secret hub = env("HUB_TOKEN")\n',
      dataset:
        'dataset emoji_caption { build_info { token = hub, annotations { val { url = «"http://data.example.org/val.json"» } } } }',
    }),
    message: "`token` would be sent to data.example.org over plain http",
  },
];
