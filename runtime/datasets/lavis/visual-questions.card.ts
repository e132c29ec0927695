import { files, lavisData, xinstructData } from "../options/annotations.card.ts";
import { lavisDataset } from "../options/dataset.card.ts";
import { instructed, questionFields } from "../options/fields.card.ts";
import { byModel, imageDatasets } from "../options/image-dataset.card.ts";
import { clipImages, instructions, questions } from "../options/processors.card.ts";

/** LAVIS datasets/builders/vqa_builder.py: questions about images, prepared by the model or as CLIP does. */
const asked = imageDatasets(byModel, questionFields);
const askedOfClip = imageDatasets({ vis_processor: clipImages, text_processor: questions }, questionFields);

/** The same with instructions: the answer is what is asked for. */
const byInstruction = { vis_processor: clipImages, text_processor: instructions("image", "qa") };
const instructedToAnswer = imageDatasets(byInstruction, [...questionFields, ...instructed]);

const coco = (file: string): [string, string] => [`coco/annotations/${file}`, lavisData(`vqav2/${file}`)];
const okVqa = (storage: string, file = storage): [string, string] => [
  `okvqa/annotations/${storage}`,
  lavisData(`okvqa/${file}`),
];
const aokVqa = (storage: string, file = storage): [string, string] => [
  `aokvqa/annotations/${storage}`,
  lavisData(`aokvqa/${file}`),
];
const aokAnswers = aokVqa("specialized_vocab_train_lavis.json", "specialized_vocab_train.json");
const gqaFile = (file: string): [string, string] => [`gqa/annotations/${file}`, lavisData(`gqa/${file}`)];
const xinstruct = (storage: string, file: string) => files([storage, xinstructData(file)]);

const cocoTrain = files(coco("vqa_train.json"), coco("vqa_val.json"));
const cocoVal = files(
  coco("vqa_val_eval.json"),
  coco("answer_list.json"),
  coco("v2_OpenEnded_mscoco_val2014_questions.json"),
  coco("v2_mscoco_val2014_annotations.json"),
);
const cocoTypes = {
  default: {
    train: cocoTrain,
    val: cocoVal,
    test: files(coco("vqa_test.json"), coco("answer_list.json")),
  },
  eval: { val: cocoVal },
};

/** LAVIS's file for `default` evaluates on A-OKVQA's questions by mistake: here it is GQA's own. */
const gqaTypes = {
  default: {
    train: files(
      ["gqa/annotations/train_all_questions_0.json", xinstructData("gqa/train_all_questions_0.json")],
      ["gqa/annotations/val_all_questions.json", xinstructData("gqa/val_all_questions.json")],
    ),
    val: files(gqaFile("val_balanced_questions.json")),
    test: files(gqaFile("test_balanced_questions.json")),
  },
  balanced_val: {
    train: files(gqaFile("train_balanced_questions.json")),
    val: files(gqaFile("val_balanced_questions.json")),
    test: files(gqaFile("test_balanced_questions.json")),
  },
  balanced_testdev: {
    train: files(gqaFile("train_balanced_questions.json")),
    val: files(gqaFile("testdev_balanced_questions.json")),
    test: files(gqaFile("test_balanced_questions.json")),
  },
};

export const coco_vqa = lavisDataset({
  name: "coco_vqa",
  doc: "VQA v2: questions about COCO's images, each with ten answers. LAVIS's `default` trains on the val split too; `eval` has only val.",
  folders: { images: "coco/images" },
  types: cocoTypes,
  dataTypes: "images",
  processors: byModel,
  provides: ["image", ...questionFields],
});

export const coco_vqa_instruct = lavisDataset({
  name: "coco_vqa_instruct",
  doc: "VQA v2 as instructions. `default` has only training questions, those of the val split too; `eval` has only val.",
  folders: { images: "coco/images" },
  types: { default: { train: cocoTrain }, eval: cocoTypes.eval },
  dataTypes: "images",
  processors: { vis_processor: clipImages, text_processor: instructions("image", "qa", "blip_caption") },
  provides: ["image", ...questionFields, ...instructed],
});

const visualGenome = { train: files(["vg/annotations/vg_qa.json", lavisData("visual_genome/vg_qa.json")]) };

export const vg_vqa = lavisDataset({
  name: "vg_vqa",
  doc: "Visual Genome's questions about images, to train on beside VQA v2.",
  folders: { images: "vg/images" },
  annotations: visualGenome,
  dataTypes: "images",
  processors: byModel,
  provides: ["image", "text_input", "answers", "instance_id"],
});

export const vg_vqa_instruct = instructedToAnswer(
  "vg_vqa_instruct",
  "Visual Genome's questions as instructions.",
  "vg/images",
  visualGenome,
);

/** Questions of OK-VQA 1.1 (Marino et al. 2019), and of A-OKVQA (Schwenk et al. 2022, table 1). */
const okVqaSamples = { train: 9009, test: 5046 };
const aokVqaSamples = { train: 17_056, val: 1145, test: 6702 };

export const ok_vqa = asked(
  "ok_vqa",
  "OK-VQA: questions about COCO's images that take outside knowledge. Its val split is called test, as in LAVIS.",
  "coco/images",
  {
    train: files(okVqa("okvqa_train.json")),
    test: files(
      okVqa("vqa_val_eval.json", "okvqa_val_eval.json"),
      okVqa("answer_list.json", "okvqa_answer_list_train.json"),
      okVqa("OpenEnded_mscoco_val2014_questions.json"),
      okVqa("mscoco_val2014_annotations.json"),
    ),
  },
  okVqaSamples,
);

export const ok_vqa_instruct = instructedToAnswer(
  "ok_vqa_instruct",
  "OK-VQA as instructions.",
  "coco/images",
  {
    train: files(okVqa("okvqa_train.json")),
  },
  { train: okVqaSamples.train },
);

export const aok_vqa = asked(
  "aok_vqa",
  "A-OKVQA: questions about COCO's images that take outside knowledge, with direct answers and choices.",
  "coco/images",
  {
    train: files(aokVqa("aokvqa_v1p0_train.json")),
    val: files(aokVqa("aokvqa_v1p0_val.json"), aokAnswers),
    test: files(aokVqa("aokvqa_v1p0_test.json"), aokAnswers),
  },
  aokVqaSamples,
);

export const aok_vqa_instruct = instructedToAnswer(
  "aok_vqa_instruct",
  "A-OKVQA as instructions.",
  "coco/images",
  {
    train: files(aokVqa("aokvqa_v1p0_train.json")),
  },
  { train: aokVqaSamples.train },
);

export const gqa = lavisDataset({
  name: "gqa",
  doc: "GQA: questions about the parts of a scene and how they relate, with one answer each.",
  folders: { images: "gqa/images" },
  types: gqaTypes,
  dataTypes: "images",
  processors: byModel,
  provides: ["image", ...questionFields],
});

export const gqa_instruct = lavisDataset({
  name: "gqa_instruct",
  doc: "GQA as instructions.",
  folders: { images: "gqa/images" },
  types: gqaTypes,
  dataTypes: "images",
  processors: byInstruction,
  provides: ["image", ...questionFields, ...instructed],
});

const iconTrain = xinstruct("iconqa/annotations/train.json", "iconqa/annotations_train.json");

export const iconqa = askedOfClip("iconqa", "IconQA: questions about abstract diagrams.", "iconqa/images", {
  train: iconTrain,
  val: xinstruct("iconqa/annotations/val.json", "iconqa/annotations_val.json"),
  test: xinstruct("iconqa/annotations/test.json", "iconqa/annotations_test.json"),
});

export const iconqa_instruct = instructedToAnswer(
  "iconqa_instruct",
  "IconQA as instructions.",
  "iconqa/images",
  { train: iconTrain },
);

const science = (split: string) =>
  xinstruct(`scienceqa/annotations/problems_${split}.json`, `scienceqa/problems_${split}.json`);
const scienceFiles = { train: science("train"), val: science("val"), test: science("test") };

export const scienceqa = askedOfClip(
  "scienceqa",
  "ScienceQA: questions of school science with a picture.",
  "scienceqa/images",
  scienceFiles,
);

export const scienceqa_instruct = instructedToAnswer(
  "scienceqa_instruct",
  "ScienceQA as instructions.",
  "scienceqa/images",
  scienceFiles,
);

const ocr = { train: xinstruct("ocrvqa/annotations/ocrvqa.json", "ocrvqa/ocrvqa.json") };

export const ocr_vqa = askedOfClip(
  "ocr_vqa",
  "OCR-VQA: a million questions about what is written on the covers of books.",
  "ocrvqa/images",
  ocr,
);

export const ocr_vqa_instruct = instructedToAnswer(
  "ocr_vqa_instruct",
  "OCR-VQA as instructions.",
  "ocrvqa/images",
  ocr,
);

export const vizwiz_vqa = askedOfClip(
  "vizwiz_vqa",
  "VizWiz: questions that blind people asked about their own photographs. Nothing to train on.",
  "vizwiz/images",
  {
    val: xinstruct("vizwiz/annotations/val.json", "vizwiz/val.json"),
    test: xinstruct("vizwiz/annotations/test.json", "vizwiz/test.json"),
  },
);
