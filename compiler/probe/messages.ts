import { defineMessages } from "../../grammar/index.ts";

/** LV60xx: what a recipe names in the world around it, which only `lavisc check --probe` looks at. */
export const probeMessages = defineMessages({
  LV6001: {
    slug: "missing-file",
    severity: "error",
    message: "{path} is not there",
    help: "Put it there, or name its place as `{key}`.",
    explanation:
      "A run opens this file or folder before its first step and would end there. A relative path is relative to the " +
      "recipe that wrote it; `cache:` stands for the data cache, which `lavisc doctor` names. Annotations with a `url` " +
      "are not asked for: the run downloads them.",
  },
  LV6002: {
    slug: "wrong-kind-of-file",
    severity: "error",
    message: "{path} is a {found}, but `{key}` names a {expected}",
    help: "Name the {expected}.",
    explanation:
      "Images, videos and the like are named by the folder that they lie in, annotations, vocabularies and weights by " +
      "their file.",
  },
  LV6003: {
    slug: "wrong-checksum",
    severity: "error",
    message: "{path} has the MD5 {found}, but the recipe expects {expected}",
    help: "Fetch the file again (delete it, and the run downloads it where a `url` is given), or correct `md5`.",
    explanation:
      "The file is not the one that the recipe's author, or the data set's card, means: a download broke off, or the " +
      "file was changed since. A run would train on something else than it says.",
  },
  LV6004: {
    slug: "unreadable-file",
    severity: "error",
    message: "{path} cannot be read: {problem}",
    explanation:
      "The file is there, but it cannot be opened, or it ends too early, or its content is not what its format " +
      "promises. Of weights only the header is looked at: names, types and shapes of the tensors.",
  },
  LV6005: {
    slug: "foreign-weights",
    severity: "error",
    message: "none of the tensors of {path} is one of the model's",
    help: "Name a checkpoint of {model}.",
    explanation:
      "The names of the tensors are those of another model, such as of another framework's. The run would end with " +
      "the same message once it has built the model.",
  },
  LV6006: {
    slug: "weights-of-another-shape",
    severity: "error",
    message: "{count} of the tensors of {path} have another shape than the model's: {first}",
    help: "Give the model the options that the weights were trained with, or take other weights.",
    explanation:
      "The model was configured with other sizes than the one that wrote the weights. A run leaves such tensors at " +
      "their random start and only warns of it. Position embeddings of images of another size are no mistake: they " +
      "are interpolated.",
  },
  LV6007: {
    slug: "incomplete-weights",
    severity: "warning",
    message: "{path} lacks {count} of the model's tensors: {first}",
    help: "Make sure that this is meant: what is missing starts at random.",
    explanation:
      "A part of the model is not in the file. That is right where only a part was pre-trained, such as an image " +
      "encoder; a file that was cut down by mistake looks the same.",
  },
  LV6008: {
    slug: "disk-too-small",
    severity: "error",
    message: "checkpoints need {needed} of disk, but {folder} has {free} left",
    help: "Free some, name another disk as `output_dir`, or keep fewer checkpoints (`save_freq`, `save_last`).",
    explanation:
      "`lavisc plan` says how many checkpoints a training keeps and how large one is. A disk that fills up ends the run " +
      "at a checkpoint, hours after it began.",
  },
  LV6009: {
    slug: "output-not-writable",
    severity: "error",
    message: "nothing can be written to {folder}: {problem}",
    help: "Name another folder as `output_dir`, or let yourself write there.",
    explanation:
      "A run makes its folder below `output_dir` before anything else, and would end there. A relative `output_dir` lies " +
      "in the folder that the program is run in.",
  },
  LV6010: {
    slug: "no-engine",
    severity: "error",
    message: "{problem}",
    help: "`lavisc doctor` says what is installed and what to do about the rest; without a GPU write `device = cpu`.",
    explanation:
      "The engine that the recipe asks for is not installed here or does not work, or none that is installed computes " +
      "on the device (in mixed precision, where `amp` asks for it). On the machine that will train it may be there: " +
      "probe there.",
  },
});

export type ProbeMessages = typeof probeMessages;
export type ProbeCode = keyof ProbeMessages;
