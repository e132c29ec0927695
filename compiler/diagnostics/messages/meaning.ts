import { defineMessages } from "../../../grammar/index.ts";

/** LV3xxx: what a recipe means as a whole. */
export const meaningMessages = defineMessages({
  LV3001: {
    slug: "missing-section",
    severity: "error",
    message: "recipe `{recipe}` has no `{section}`",
    explanation:
      "A recipe needs a `task`, a `model` and at least one `dataset`; `schedule`, `optimizer` and `run` have " +
      "defaults. A recipe that others extend may be incomplete.",
  },
  LV3002: {
    slug: "missing-option",
    severity: "error",
    message: "`{key}` of {owner} has no value",
    explanation:
      "The option has no default in the catalogue, nor in the cards of the recipe's task, model or dataset.",
  },
  LV3003: {
    slug: "task-model-mismatch",
    severity: "error",
    message: "model `{model}` cannot do the task `{task}`",
    explanation:
      "A model implements what its tasks need: a captioner generates text, but cannot rank a pair.",
  },
  LV3004: {
    slug: "missing-field",
    severity: "error",
    message: "dataset `{dataset}` has no {field}, which {reader} reads",
    explanation: "Models and tasks state which fields of a sample they read; each dataset must have them.",
  },
  LV3005: {
    slug: "missing-processor",
    severity: "error",
    message: "dataset `{dataset}` has no `{processor}` for {phase}",
    explanation:
      "A processor turns what a dataset holds (an image file, a caption) into what a model takes. Every modality that " +
      "is read needs one, in training and in evaluation.",
  },
  LV3006: {
    slug: "length-order",
    severity: "error",
    message: "min_len ({min}) must be less than max_len ({max})",
    explanation:
      "Generation stops at max_len tokens and may not end before min_len: with min_len ≥ max_len nothing is left.",
  },
  LV3007: {
    slug: "warmup-above-peak",
    severity: "error",
    message: "warmup_lr ({warmup}) must not exceed init_lr ({peak})",
    explanation: "Warm-up rises from warmup_lr to init_lr, which is the highest rate of the run.",
  },
  LV3008: {
    slug: "minimum-above-peak",
    severity: "error",
    message: "min_lr ({min}) must not exceed init_lr ({peak})",
    explanation: "The rate decays from init_lr down to min_lr.",
  },
  LV3009: {
    slug: "resume-and-evaluate",
    severity: "error",
    message: "`resume_ckpt_path` continues a training, but `evaluate = true` does not train",
    help: "To evaluate a checkpoint, give it as `finetuned` in the model section; to train on, set `evaluate = false`.",
    explanation:
      "LAVIS ignores `resume_ckpt_path` in evaluation, and scores other weights than the ones that were named.",
  },
  LV3010: {
    slug: "image-size-mismatch",
    severity: "error",
    message: "the processor makes images of {processor} px, but the model takes {model} px",
    help: "Leave `image_size` out of the processor: it takes the model's.",
    explanation:
      "Images of another size than the model's position embeddings stop the run at its first batch.",
  },
  LV3011: {
    slug: "patch-multiple",
    severity: "error",
    message: "image_size ({size} px) is not a multiple of patch_size ({patch} px)",
    explanation:
      "The vision transformer cuts the image into whole patches; the rest of an image would be lost.",
  },
  LV3012: {
    slug: "select-without-validation",
    severity: "error",
    message: "`select` picks the best checkpoint by validation, but {reason}",
    explanation:
      "The best checkpoint is the one with the best metric on the first of `valid_splits`. Without validation there is " +
      "none, and the test uses the last checkpoint.",
  },
  LV3013: {
    slug: "two-lengths",
    severity: "error",
    message: "both `max_epoch` and `max_iters` say how long to train",
    help: "Keep one of them.",
    explanation: "A run is as long as `max_epoch` passes over the data, or as `max_iters` steps.",
  },
  LV3014: {
    slug: "no-length",
    severity: "error",
    message: "nothing says how long to train",
    help: "Give `max_epoch`, or `max_iters`, in the schedule.",
    explanation: "A run is as long as `max_epoch` passes over the data, or as `max_iters` steps.",
  },
  LV3015: {
    slug: "inner-epoch-too-long",
    severity: "error",
    message: "iters_per_inner_epoch ({inner}) must not exceed max_iters ({max})",
    explanation:
      "Validation and checkpoints happen at the end of an inner epoch, which would lie behind the end of the run.",
  },
  LV3016: {
    slug: "evaluation-without-weights",
    severity: "error",
    message: "`evaluate = true` with a model that has no weights",
    help: 'Name them: `finetuned = "…"` in the model section (with `load_finetuned = true`, its default here).',
    explanation: "Evaluation without loaded weights scores a random model.",
  },
  LV3017: {
    slug: "unknown-split",
    severity: "error",
    message: "dataset {datasets} has no split {splits}",
    explanation:
      "The splits of a dataset are the names in its `annotations { … }`, which stand in `build_info` for datasets of the catalogue. " +
      "Each split that the run uses must be one of some dataset, and each dataset must have one of them: it would take no " +
      "part in the run otherwise.",
  },
  LV3018: {
    slug: "not-available",
    severity: "error",
    message: "`{key} = {found}` is not available yet: {because}",
    help: "Write `{key} = {only}`, or remove the line.",
    explanation:
      "The option is part of the language, but this version of the runtime cannot do what it asks for. It is an error " +
      "rather than ignored, so that a run is what its recipe says.",
  },
  LV3019: {
    slug: "engine-without-device",
    severity: "error",
    message: "engine `{engine}` does not compute on `{device}`",
    explanation:
      "`wasm` and `tfjs_node` compute on the CPU, `tfjs_node_gpu` on an NVIDIA GPU, `torch` on both. `auto` takes the " +
      "fastest installed engine that has the device.",
  },
  LV3020: {
    slug: "heads-multiple",
    severity: "error",
    message: "{width} ({widthValue}) is not a multiple of {heads} ({headsValue})",
    explanation: "Attention splits its width evenly among the heads.",
  },
  LV3021: {
    slug: "prompt-mismatch",
    severity: "error",
    message: 'captions begin with "{processor}", but the model expects "{model}"',
    help: "Leave `prompt` out of the text processor: it takes the model's.",
    explanation:
      "In training the model takes no loss on the tokens of its own prompt at the start of each caption. If the " +
      "captions begin otherwise, it skips words of the caption instead. (LAVIS does so silently.)",
  },
  LV3022: {
    slug: "too-few-positions",
    severity: "error",
    message: "{option} ({length} tokens) exceeds the decoder's max_position_embeddings ({positions})",
    explanation:
      "The text decoder has an embedding for each position up to max_position_embeddings, and none beyond.",
  },
  LV3023: {
    slug: "no-splits",
    severity: "error",
    message: "{problem}",
    explanation: "A run needs a split to train on, or in evaluation one to evaluate.",
  },
  LV3024: {
    slug: "scale-order",
    severity: "error",
    message: "min_scale ({min}) must not exceed max_scale ({max})",
    explanation: "The random crop's area is drawn between min_scale and max_scale of the image's.",
  },
  LV3025: {
    slug: "weights-not-named",
    severity: "error",
    message: "`{load} = true`, but `{weights}` names no weights",
    help: "Name them, or set `{load} = false` to start from random weights.",
    explanation:
      "Some variants have no published weights, so there is nothing to load unless the recipe names a file.",
  },
  LV3026: {
    slug: "not-three-channels",
    severity: "error",
    message: "`{key}` needs three numbers (red, green, blue), not {found}",
    explanation: "Images have three channels, each with its own mean and standard deviation.",
  },
  LV3027: {
    slug: "option-without-effect",
    severity: "error",
    message: "`{key}` has no effect while `{other}` is {value}",
    help: "Remove it, or change `{other}`.",
    explanation: "The recipe says something that will not happen. LAVIS ignores such options silently.",
  },
  LV3028: {
    slug: "engine-without-mixed-precision",
    severity: "error",
    message: "`amp = true`, but engine `{engine}` computes in float32 only",
    help: "Write `engine = torch` (installed by `lavisc engine install torch`) or `engine = auto`, or set `amp = false`.",
    explanation:
      "Mixed precision computes products of matrices in bfloat16 or float16, for which only libtorch has the kernels " +
      "here. It is an error rather than ignored, so that a run costs the time and memory that its recipe promises.",
  },
  LV3029: {
    slug: "float16-without-gpu",
    severity: "error",
    message: "`amp_dtype = float16` needs a GPU, but the device is `cpu`",
    help: "Leave `amp_dtype` out: it is `bfloat16`, which processors compute in. Or write `device = cuda`.",
    explanation:
      "Processors have no fast products in float16, and bfloat16 has the range of float32, so that nothing overflows " +
      "and the loss needs no scale. LAVIS knows float16 on CUDA only.",
  },
  LV3030: {
    slug: "split-without-files",
    severity: "error",
    message: "split `{split}` of dataset `{dataset}` names no files: {problem}",
    explanation:
      "Each entry of `annotations { … }` is a file or a list of files. Tar archives and Parquet tables may be numbered: " +
      "`train-{000..015}.tar` is sixteen files, counted upwards. Other formats take a list of their files.",
  },
  LV3032: {
    slug: "unused-split",
    severity: "error",
    message: "the run uses no split `{split}` of dataset `{dataset}`",
    explanation:
      "`run` says by name which splits are trained on, validated and tested; a dataset that has not the name takes no part " +
      "in that. So a slip in the name of one dataset's split drops its data without a word, as long as another dataset " +
      "has the split that is meant. Reported are splits whose name is near to one that the run uses and the dataset lacks, " +
      "and those of a dataset that training would pass over. A split for evaluation (`test`, `val`, `dev` in its name) " +
      "need not be used. Where data is meant to be left out, remove the split from `annotations`.",
  },
  LV3031: {
    slug: "no-share-left",
    severity: "error",
    message: "the ratios sum to {sum}, which leaves nothing for dataset `{dataset}`",
    help: "Give each dataset a ratio, or none.",
    explanation:
      "`ratio` is a dataset's share of the training samples. Datasets without one share by size what the others leave of " +
      "1. LAVIS wants ratios for all datasets or none.",
  },
});
