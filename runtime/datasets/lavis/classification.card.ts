import { listOf, name } from "../../card.ts";
import { files, lavisData, xinstructData } from "../options/annotations.card.ts";
import { vsrFiles } from "../options/caption-files.card.ts";
import { lavisDataset } from "../options/dataset.card.ts";
import { classFields, instructed } from "../options/fields.card.ts";
import { byModel } from "../options/image-dataset.card.ts";
import { captions, clipImages, frames, instructions, sounds } from "../options/processors.card.ts";

/** LAVIS datasets/builders/classification_builder.py and imagefolder_builder.py. */

/** LAVIS's address of the test split is that of the dev split: the file must be put in place. */
export const nlvr = lavisDataset({
  name: "nlvr",
  doc: "NLVR2: statements about two photographs that are true or false. The test annotations must be put in place.",
  folders: { images: "nlvr/images" },
  annotations: {
    train: files(["nlvr/annotations/train.json", lavisData("nlvr/nlvr_train.json")]),
    val: files(["nlvr/annotations/dev.json", lavisData("nlvr/nlvr_dev.json")]),
    test: files(["nlvr/annotations/test.json"]),
  },
  dataTypes: "images",
  processors: byModel,
  provides: ["image0", "image1", ...classFields],
  defaults: { "model.num_classes": 2 },
  // Suhr et al. 2019, table 1; `test` is test-P.
  samples: { train: 86_373, val: 6982, test: 6967 },
});

const entailment = (split: string) =>
  files([`snli/annotations/ve_${split}.json`, xinstructData(`snlive/ve_${split}.json`)]);
const entailmentFiles = { train: entailment("train"), val: entailment("dev"), test: entailment("test") };

/** Pairs of an image with a hypothesis (Xie et al. 2019, table 1). */
const entailmentSamples = { train: 529_527, val: 17_858, test: 17_901 };

export const snli_ve = lavisDataset({
  name: "snli_ve",
  doc: "SNLI-VE: whether an image of Flickr30k entails a statement, contradicts it, or neither.",
  folders: { images: "flickr30k/images/flickr30k-images" },
  annotations: entailmentFiles,
  dataTypes: "images",
  processors: byModel,
  provides: ["image", ...classFields],
  defaults: { "model.num_classes": 3 },
  samples: entailmentSamples,
});

export const snli_ve_instruct = lavisDataset({
  name: "snli_ve_instruct",
  doc: "SNLI-VE as instructions.",
  folders: { images: "flickr30k/images/flickr30k-images" },
  annotations: entailmentFiles,
  dataTypes: "images",
  processors: { vis_processor: clipImages, text_processor: captions },
  provides: ["image", ...classFields, ...instructed],
  samples: entailmentSamples,
});

export const vsr_classification = lavisDataset({
  name: "vsr_classification",
  doc: "Visual Spatial Reasoning: statements about where things are in an image that are true or false.",
  folders: { images: "VSR/images" },
  annotations: vsrFiles,
  dataTypes: "images",
  processors: { vis_processor: clipImages, text_processor: captions },
  provides: ["image", ...classFields],
  defaults: { "model.num_classes": 2 },
});

export const vsr_classification_instruct = lavisDataset({
  name: "vsr_classification_instruct",
  doc: "Visual Spatial Reasoning with true and false statements as instructions.",
  folders: { images: "VSR/images" },
  annotations: vsrFiles,
  dataTypes: "images",
  processors: { vis_processor: clipImages, text_processor: captions },
  provides: ["image", ...classFields, ...instructed],
});

const violin = { train: files(["violin/annotations/train.json", xinstructData("violin/train.json")]) };

export const violin_entailment = lavisDataset({
  name: "violin_entailment",
  doc: "Violin: whether a clip of a film or series entails a statement.",
  folders: { videos: "violin/videos" },
  annotations: violin,
  dataTypes: "videos",
  processors: { vis_processor: frames(4, "clip"), text_processor: captions },
  provides: ["video", ...classFields],
  defaults: { "model.num_classes": 2 },
});

export const violin_entailment_instruct = lavisDataset({
  name: "violin_entailment_instruct",
  doc: "Violin's statements as instructions.",
  folders: { videos: "violin/videos" },
  annotations: violin,
  dataTypes: "videos",
  processors: { vis_processor: frames(4, "clip"), text_processor: captions },
  provides: ["video", ...classFields, ...instructed],
});

export const esc50_cls = lavisDataset({
  name: "esc50_cls",
  doc: "ESC-50: sounds of the environment in 50 classes. Nothing to train on.",
  folders: { audio: "ESC-50/audio" },
  annotations: {
    val: files([
      "ESC-50/meta/esc50.csv",
      "https://raw.githubusercontent.com/karolpiczak/ESC-50/master/meta/esc50.csv",
    ]),
  },
  dataTypes: ["audio"],
  processors: { audio_processor: sounds(), text_processor: instructions("audio", "classification") },
  provides: ["audio", ...classFields, ...instructed],
});

export const imagenet = lavisDataset({
  name: "imagenet",
  doc: "ImageNet's val split: 50,000 images in 1,000 classes, a folder each.",
  folders: { images: "imagenet" },
  dataTypes: "images",
  processors: { vis_processor: {} },
  buildInfo: {
    splits: listOf(name({ doc: "A split: a folder of `images`." }), {
      doc: "The folders of `images` that are splits, each with a folder for every class.",
      default: { value: ["val"] },
    }),
  },
  provides: ["image", "label", "instance_id"],
});
