import { path } from "../../card.ts";
import { files, lavisData, xinstructData } from "../options/annotations.card.ts";
import { lavisDataset } from "../options/dataset.card.ts";
import { instructed } from "../options/fields.card.ts";
import { byModel, imageDatasets, type PictureProcessing } from "../options/image-dataset.card.ts";
import { captions, clipImages, instructions } from "../options/processors.card.ts";

/** LAVIS datasets/builders/image_text_pair_builder.py: images with texts to pre-train on; the model prepares them. */
const pairs = imageDatasets(byModel, ["text_input"]);

const byInstruction = { vis_processor: clipImages, text_processor: instructions("image", "caption") };
const instructedPairs = imageDatasets(byInstruction, ["text_input", "instance_id", ...instructed]);

/** Archives of images and texts that are read one after another (LAVIS's Laion builders): no annotation file. */
const laion = <const N extends string>(
  name: N,
  doc: string,
  archives: string,
  processors: PictureProcessing,
  fields: readonly ["text_output"] | readonly [] = [],
) =>
  lavisDataset({
    name,
    doc,
    folders: {},
    dataTypes: "images",
    processors,
    buildInfo: {
      storage: path({
        doc: "The archives, a tar file each; `{00..15}` stands for a range of numbers.",
        default: { value: `cache:data/${archives}` },
      }),
    },
    provides: ["image", "text_input", ...fields],
  });

const conceptual3m = { train: files(["conceptual_caption/annotations/cc3m.json"]) };
const sbu = { train: files(["sbu_captions/annotations/sbu.json", lavisData("sbu/sbu.json")]) };
const visualGenome = {
  train: files(["vg/annotations/vg_caption.json", lavisData("visual_genome/vg_caption.json")]),
};
const laion400m =
  "laion115m_capfilt_20220817/{part0/part0,part1/part1,part2/part2}_node{00..15}_shard{000000..000118}.tar";

export const conceptual_caption_3m = pairs(
  "conceptual_caption_3m",
  "Conceptual Captions: 3.3 million images from the web with their cleaned alternative texts; annotations and images must be put in place.",
  "conceptual_caption/images",
  conceptual3m,
);

export const conceptual_caption_3m_instruct = instructedPairs(
  "conceptual_caption_3m_instruct",
  "Conceptual Captions of 3.3 million images as instructions.",
  "conceptual_caption/images",
  conceptual3m,
);

export const conceptual_caption_12m = pairs(
  "conceptual_caption_12m",
  "Conceptual 12M: 12 million images from the web with their alternative texts; annotations and images must be put in place.",
  "conceptual_caption/images_12m",
  { train: files(["conceptual_caption/annotations/cc12m.json"]) },
);

export const conceptual_caption_12m_instruct = instructedPairs(
  "conceptual_caption_12m_instruct",
  "Conceptual 12M as instructions, without the pairs that X-InstructBLIP's authors dropped.",
  "conceptual_caption/images_12m",
  {
    train: files([
      "conceptual_caption/annotations/cc12m.json",
      xinstructData("cc12m/x_instructblip_clean.json"),
    ]),
  },
);

export const sbu_caption = pairs(
  "sbu_caption",
  "SBU Captions: one million photographs with what their owners wrote.",
  "sbu_captions/images",
  sbu,
);

export const sbu_caption_instruct = instructedPairs(
  "sbu_caption_instruct",
  "SBU Captions as instructions.",
  "sbu_captions/images",
  sbu,
);

export const vg_caption = pairs(
  "vg_caption",
  "Visual Genome: 100,000 images with descriptions of their regions as captions.",
  "vg/images",
  visualGenome,
);

export const vg_caption_instruct = instructedPairs(
  "vg_caption_instruct",
  "Visual Genome's descriptions of regions as instructions.",
  "vg/images",
  visualGenome,
);

export const laion2B_multi = laion(
  "laion2B_multi",
  "LAION-2B in many languages: archives of images with their alternative texts, read as a stream.",
  "laion2B-multi/part-00000/{00000..01743}.tar",
  byModel,
);

export const laion400M = laion(
  "laion400M",
  "The 115 million images of LAION-400M with captions that BLIP wrote and filtered: archives, read as a stream.",
  laion400m,
  { vis_processor: {}, text_processor: captions },
);

export const laion400M_instruct = laion(
  "laion400M_instruct",
  "The 115 million images of LAION-400M with captions that BLIP wrote and filtered, as instructions.",
  laion400m,
  byInstruction,
  instructed,
);
