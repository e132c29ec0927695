import { block, bool } from "../../card.ts";
import { type AnnotationFiles, files, xinstructData } from "../options/annotations.card.ts";
import { addBinary, lavisDataset } from "../options/dataset.card.ts";
import { captionFields, classFields, instructed, questionFields } from "../options/fields.card.ts";
import { captions, clipImages, instructions, type Processing, points } from "../options/processors.card.ts";

/** LAVIS datasets/builders/object3d_caption_builder.py: clouds of points, with pictures of the objects, and captions. */
const objectCaptions = <const N extends string>(
  name: N,
  doc: string,
  folders: { readonly pc: string; readonly images: string },
  annotations: Readonly<Record<string, AnnotationFiles>>,
  text_processor: Processing,
  more: readonly ["text_output"] | readonly [] = [],
) =>
  lavisDataset({
    name,
    doc,
    folders,
    annotations,
    dataTypes: ["pc", "images"],
    processors: { vis_processor: clipImages, pc_processor: points, text_processor },
    provides: ["pc", "image", ...captionFields, ...more],
  });

const asInstruction = instructions("pc", "caption");

const objaverse = { pc: "objaverse/pc", images: "objaverse/images" } as const;
const objaverseSplit = (split: string) =>
  files([`objaverse/annotations/${split}.csv`, xinstructData(`objaverse/cap3d_cap_final_${split}.csv`)]);

export const objaverse_mm_caption = objectCaptions(
  "objaverse_mm_caption",
  "Objaverse: 650,000 three-dimensional objects with Cap3D's captions.",
  objaverse,
  { train: objaverseSplit("train"), val: objaverseSplit("val") },
  captions,
);

export const objaverse_mm_caption_instruct = objectCaptions(
  "objaverse_mm_caption_instruct",
  "Objaverse's captions as instructions.",
  objaverse,
  { train: objaverseSplit("train") },
  asInstruction,
  instructed,
);

const shapenet = { pc: "ShapeNet55/shapenet_pc", images: "ShapeNet55/rendered_images" } as const;
const shapenetSplit = (split: string) =>
  files([`shapenet/annotations/${split}_ann.json`, xinstructData(`shapenet/${split}_ann.json`)]);
const shapenetFiles = { train: shapenetSplit("train"), val: shapenetSplit("test") };

export const shapenet_mm_caption = objectCaptions(
  "shapenet_mm_caption",
  "ShapeNet: three-dimensional objects of 55 classes with captions.",
  shapenet,
  shapenetFiles,
  captions,
);

export const shapenet_mm_caption_instruct = objectCaptions(
  "shapenet_mm_caption_instruct",
  "ShapeNet's captions as instructions.",
  shapenet,
  shapenetFiles,
  asInstruction,
  instructed,
);

/** LAVIS datasets/builders/object3d_qa_builder.py. */
export const objaverse_mm_qa = lavisDataset({
  name: "objaverse_mm_qa",
  doc: "250,000 questions that a language model made of Objaverse's captions.",
  folders: objaverse,
  annotations: {
    train: files(["objaverse_qa/annotations/train.csv", xinstructData("objaverse/CAP3DQA_final.csv")]),
  },
  dataTypes: ["pc"],
  processors: { vis_processor: clipImages, pc_processor: points, text_processor: instructions("pc", "qa") },
  buildInfo: {
    kwargs: block(
      {
        ...addBinary(true),
        remove_model_answer: bool({
          doc: "Leave out questions that are answered by the word model.",
          default: { value: true },
        }),
      },
      { doc: "What is particular to the dataset." },
    ),
  },
  provides: ["pc", "image", ...questionFields, ...instructed],
});

const modelNet = (file: string): [string, string] => [
  `modelnet40_normal_resampled/${file}`,
  `https://storage.googleapis.com/sfr-ulip-code-release-research/modelnet40_normal_resampled/${file}`,
];
const modelNetSplit = (split: string) =>
  files(
    modelNet("modelnet40_shape_names.txt"),
    modelNet(`modelnet40_${split}_8192pts_fps.dat`),
    modelNet(`modelnet40_${split}.txt`),
  );

/** LAVIS datasets/builders/object3d_classification_builder.py. */
export const modelnet40_cls = lavisDataset({
  name: "modelnet40_cls",
  doc: "ModelNet40: three-dimensional objects in 40 classes, as clouds of 8,192 points; its test split is called val, as in LAVIS.",
  folders: { pc: "modelnet40_normal_resampled", images: "modelnet40_pc_img" },
  annotations: { train: modelNetSplit("train"), val: modelNetSplit("test") },
  dataTypes: ["pc", "images"],
  processors: { vis_processor: clipImages, pc_processor: points, text_processor: captions },
  provides: ["pc", "image", ...classFields, ...instructed],
});
