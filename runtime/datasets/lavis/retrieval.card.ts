import { files, lavisData } from "../options/annotations.card.ts";
import {
  cocoCaptionSamples,
  cocoCaptions,
  flickrCaptionSamples,
  flickrCaptions,
} from "../options/caption-files.card.ts";
import { lavisDataset } from "../options/dataset.card.ts";
import { captionFields } from "../options/fields.card.ts";
import { byModel } from "../options/image-dataset.card.ts";

const video = (name: string) => (split: string) =>
  files([`${name}/annotations/retrieval_${split}.json`, lavisData(`${name}/retrieval_${split}.json`)]);
const msrvtt = video("msrvtt");
const didemo = video("didemo");

/** LAVIS datasets/builders/retrieval_builder.py; the model prepares both sides. */
export const coco_retrieval = lavisDataset({
  name: "coco_retrieval",
  doc: "MS-COCO for retrieval, Karpathy's split: 113,287 training images, 5,000 each for val and test, five captions each.",
  folders: { images: "coco/images" },
  annotations: cocoCaptions,
  dataTypes: "images",
  processors: byModel,
  provides: ["image", ...captionFields, "txt2img"],
  defaults: { "task.k_test": 256 },
  samples: cocoCaptionSamples,
  candidates: { val: { images: 5000, texts: 25_010 }, test: { images: 5000, texts: 25_010 } },
});

export const flickr30k = lavisDataset({
  name: "flickr30k",
  doc: "Flickr30k for retrieval, Karpathy's split: 29,000 training images, 1,014 val, 1,000 test, five captions each.",
  folders: { images: "flickr30k/images" },
  annotations: flickrCaptions,
  dataTypes: "images",
  processors: byModel,
  provides: ["image", ...captionFields, "txt2img"],
  defaults: { "task.k_test": 128 },
  samples: flickrCaptionSamples,
  candidates: { val: { images: 1014, texts: 5070 }, test: { images: 1000, texts: 5000 } },
});

export const msrvtt_retrieval = lavisDataset({
  name: "msrvtt_retrieval",
  doc: "MSRVTT for retrieval: videos with sentences; the test split has 1,000 of each.",
  folders: { videos: "msrvtt/videos" },
  annotations: { train: msrvtt("train"), val: msrvtt("val"), test: msrvtt("test") },
  dataTypes: "videos",
  processors: byModel,
  provides: ["video", ...captionFields, "txt2img"],
  defaults: { "task.k_test": 1000 },
  candidates: { test: { images: 1000, texts: 1000 } },
});

export const didemo_retrieval = lavisDataset({
  name: "didemo_retrieval",
  doc: "DiDeMo for retrieval: videos, each with one paragraph of all its descriptions.",
  folders: { videos: "didemo/videos" },
  annotations: { train: didemo("train"), val: didemo("val"), test: didemo("test") },
  dataTypes: "videos",
  processors: byModel,
  provides: ["video", ...captionFields, "txt2img"],
  defaults: { "task.k_test": 1000 },
});
