import { recipe } from "../marked.ts";
import type { Case } from "./case.ts";

const files = 'annotations { train = "a.jsonl", val = "b.jsonl", test = "b.jsonl" }';
const formats =
  "The formats are `karpathy`, `coco_captions`, `vqa`, `jsonl`, `csv`, `image_folder`, `webdataset` and `parquet`.";

/** LV22xx and more: datasets of the user's own. */
export const formatCases: readonly Case[] = [
  {
    code: "LV2201",
    title: "a format that is spelled in another way",
    source: recipe({ dataset: `dataset my_shop from «json_l» { ${files} }` }),
    message: "there is no data format `json_l`",
    note: "Did you mean `jsonl`?",
    fixed: "from jsonl {",
  },
  {
    code: "LV2201",
    title: "a format that there is not, about whose columns nothing more is said",
    source: recipe({ dataset: "dataset my_shop from «spreadsheet» { columns { image = a } }" }),
    message: "there is no data format `spreadsheet`",
    note: formats,
  },
  {
    code: "LV2202",
    title: "data of one's own under the name of a dataset of the catalogue",
    source: recipe({ dataset: `dataset «coco_caption» from jsonl { ${files} }` }),
    message: "`coco_caption` is a dataset of the catalogue",
    fixed: "dataset my_coco_caption from jsonl",
  },
  {
    code: "LV2203",
    title: "a model from a format",
    source: recipe({ model: "model blip_caption.tiny from «jsonl»" }),
    message: "`model` cannot come from the data format `jsonl`",
  },
  {
    code: "LV2203",
    title: "a block inside of a section from a format",
    source: recipe({
      dataset: `dataset mine from jsonl { ${files}  columns from «csv» { image = "file" } }`,
    }),
    message: "`columns` cannot come from the data format `csv`",
  },
  {
    code: "LV2021",
    title: "data of one's own without a name",
    source: recipe({ dataset: `«dataset» from jsonl { ${files} }` }),
    message: "`dataset` needs a name behind it",
  },
  {
    code: "LV2007",
    title: "a dataset that there is not, which may be one's own",
    source: recipe({ dataset: "dataset «my_shop»" }),
    message: "there is no dataset `my_shop`",
    note: "Data of your own is `dataset my_shop from FORMAT { … }`: `lavisc describe format` lists the formats.",
  },
  {
    code: "LV2009",
    title: "a column that the format has not",
    source: recipe({ dataset: `dataset mine from csv { ${files}  columns { «captions» = "title" } }` }),
    message: "`captions` is not an option of `columns` of dataset `mine`",
    note: "Did you mean `caption`?",
    fixed: 'columns { caption = "title" }',
  },
  {
    code: "LV2012",
    title: "columns of a format without any",
    source: recipe({ dataset: `dataset mine from coco_captions { ${files}, «columns» { image = "file" } }` }),
    message: "`columns` does nothing in dataset `mine`",
  },
  {
    code: "LV2011",
    title: "the block that datasets of the catalogue have their files in",
    source: recipe({ dataset: `dataset mine from jsonl { ${files}, «build_info» { images = "a" } }` }),
    message: "`build_info` is written without it: `images` and `annotations` stand in the dataset itself",
  },
  {
    code: "LV3002",
    title: "data of one's own without files",
    source: recipe({ dataset: "«dataset mine» from jsonl" }),
    message: "`annotations` of dataset `mine` has no value",
  },
  {
    code: "LV3017",
    title: "a split that the annotations lack",
    source: recipe({
      dataset: 'dataset mine from jsonl { annotations { train = "a.jsonl", dev = "b.jsonl" } }',
      run: "run { device = cpu, valid_splits = [«val»], test_splits = [dev] }",
    }),
    message: "dataset `mine` has no split `val`",
    note: "There is `train` and `dev`.",
  },
  {
    code: "LV3017",
    title: "a dataset beside another that a slip in its split would leave out",
    source: recipe({
      dataset: `dataset one from jsonl { ${files} }\ndataset two from jsonl { annotations { «trian» = "a.jsonl" } }`,
    }),
    message: "dataset `two` has no split `train`, `val` or `test`",
    note: "Did you mean `train`?",
    fixed: 'annotations { train = "a.jsonl" }',
  },
  {
    code: "LV3004",
    title: "training on images without captions",
    source: recipe({
      dataset: `dataset mine from jsonl { ${files}  columns { caption = «none» } }`,
      task: "task captioning { report_metric = false }",
    }),
    message: "dataset `mine` has no text_input, which model `blip_caption` reads",
    note: 'Write `columns { caption = "…" }` with the name of its field.',
  },
  {
    code: "LV3070",
    title: "scoring captions of images without references",
    source: recipe({
      dataset: `dataset mine from jsonl { ${files}  columns { caption = «none» } }`,
      model: 'model blip_caption.tiny { finetuned = "w.pth" }',
      run: "run { device = cpu, evaluate = true }",
    }),
    message: "dataset `mine` has no captions, which `report_metric` scores against",
    note: "Name the field with the captions, or write `report_metric = false` in the task.",
  },
];
