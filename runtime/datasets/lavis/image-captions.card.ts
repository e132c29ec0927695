import { files, researchData, xinstructData } from "../options/annotations.card.ts";
import {
  cocoCaptionSamples,
  cocoCaptions,
  flickrCaptionSamples,
  flickrCaptions,
  vsrFiles,
} from "../options/caption-files.card.ts";
import { lavisDataset } from "../options/dataset.card.ts";
import { captionFields, instructed } from "../options/fields.card.ts";
import { byModel, imageDatasets } from "../options/image-dataset.card.ts";
import { captions, clipImages, instructions } from "../options/processors.card.ts";

/** LAVIS datasets/builders/caption_builder.py: images with captions that an instructed model prepares as CLIP does. */
const imageCaptions = imageDatasets({ vis_processor: clipImages, text_processor: captions }, captionFields);

/** The same with instructions: the caption is what is asked for. */
const instructedCaptions = imageDatasets(
  { vis_processor: clipImages, text_processor: instructions("image", "caption") },
  [...captionFields, ...instructed],
);

const textCaps = (split: string) =>
  files([
    `TextCaps/TextCaps_0.1_${split}.json`,
    `https://dl.fbaipublicfiles.com/textvqa/data/textcaps/TextCaps_0.1_${split}.json`,
  ]);
const textCapsFiles = { train: textCaps("train"), val: textCaps("val"), test: textCaps("test") };

const capFilt = {
  train: files(["capfilt14m/annotations/annotation.json", xinstructData("capfilt14m/annotation.json")]),
};

export const coco_caption_instruct = instructedCaptions(
  "coco_caption_instruct",
  "MS-COCO captions, Karpathy's split, as instructions.",
  "coco/images",
  { train: cocoCaptions.train },
  { train: cocoCaptionSamples.train },
);

export const flickr30k_caption = imageCaptions(
  "flickr30k_caption",
  "Flickr30k captions, Karpathy's split: 29,000 training images, 1,014 val, 1,000 test, five captions each.",
  "flickr30k/images",
  flickrCaptions,
  flickrCaptionSamples,
);

export const flickr30k_caption_instruct = instructedCaptions(
  "flickr30k_caption_instruct",
  "Flickr30k captions, Karpathy's split, as instructions.",
  "flickr30k/images",
  flickrCaptions,
  flickrCaptionSamples,
);

/** Evaluation only: its images show what COCO's captions never name. */
export const nocaps = lavisDataset({
  name: "nocaps",
  doc: "NoCaps: 4,500 images for val, 10,600 for test, of objects that are not in COCO's captions. Nothing to train on.",
  folders: { images: "nocaps/images" },
  annotations: {
    val: files(["nocaps/annotations/nocaps_val.json", researchData("nocaps_val.json")]),
    test: files(["nocaps/annotations/nocaps_test.json", researchData("nocaps_test.json")]),
  },
  dataTypes: "images",
  processors: byModel,
  provides: ["image", "image_id", "instance_id"],
});

export const textcaps_caption = imageCaptions(
  "textcaps_caption",
  "TextCaps: captions of images that cannot be described without reading the text in them.",
  "TextCaps/images",
  textCapsFiles,
);

export const textcaps_caption_instruct = instructedCaptions(
  "textcaps_caption_instruct",
  "TextCaps as instructions.",
  "TextCaps/images",
  textCapsFiles,
);

export const vsr_caption = imageCaptions(
  "vsr_caption",
  "Visual Spatial Reasoning: true statements about where things are in an image, as captions.",
  "VSR/images",
  vsrFiles,
);

export const vsr_caption_instruct = instructedCaptions(
  "vsr_caption_instruct",
  "Visual Spatial Reasoning: true statements about where things are in an image, as instructions.",
  "VSR/images",
  vsrFiles,
);

export const capfilt14m = imageCaptions(
  "capfilt14m",
  "14 million images from the web with captions that BLIP wrote and filtered.",
  "capfilt14m/images",
  capFilt,
);

export const capfilt14m_instruct = instructedCaptions(
  "capfilt14m_instruct",
  "14 million images from the web with captions that BLIP wrote and filtered, as instructions.",
  "capfilt14m/images",
  capFilt,
);
