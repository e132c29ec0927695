import { recipe } from "../marked.ts";
import type { Case } from "./case.ts";

const files = 'annotations { train = "a.jsonl", val = "b.jsonl", test = "b.jsonl" }';
const formats =
  "The formats are `karpathy`, `coco_captions`, `vqa`, `jsonl`, `csv`, `image_folder`, `webdataset` and `parquet`.";

/** A recipe that trains on data of a format and evaluates nothing. */
const from = (format: string, annotations: string) =>
  recipe({
    dataset: `dataset mine from ${format} { annotations { ${annotations} } }`,
    run: "run { device = cpu, valid_splits = [], test_splits = [] }",
  });

/** Beside a dataset that has every split. */
const second = (annotations: string) => `dataset two from jsonl { annotations { ${annotations} } }`;

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
    code: "LV2008",
    title: "data of one's own in two words, as if the second were a variant",
    source: recipe({ dataset: `dataset «shapes.small.v2» from jsonl { ${files} }` }),
    message: "dataset `shapes` has no variant `small.v2`",
    fixed: "dataset shapes_small_v2 from jsonl {",
  },
  {
    code: "LV2113",
    title: "annotations that would have to be downloaded",
    source: from("jsonl", 'train = ["a.jsonl", «"https://example.org/b.jsonl"»]'),
    message: "each of `train` must name a file or folder, not a URL",
    note: "Download it first, and name the place where it then lies.",
  },
  {
    code: "LV2113",
    title: "annotations that would have to be downloaded, as LAVIS's are",
    source: from("jsonl", 'train { url = «"https://example.org/b.jsonl"», md5 = "0" }'),
    message: "`train` must name a file or folder, not a URL",
  },
  {
    code: "LV2113",
    title: "images that would have to be downloaded, from a bucket that a let names",
    source: recipe({
      head: 'let bucket = "s3://my-bucket"',
      dataset: `dataset mine from csv { images = «bucket / "photos"», ${files} }`,
    }),
    message: "`images` must name a file or folder, not a URL",
  },
  {
    code: "LV2113",
    title: "annotations without a name",
    source: from("jsonl", 'train = «""»'),
    message: "`train` must name a file or folder, not an empty text",
    note: 'For the folder of the recipe write `"."`.',
  },
  {
    code: "LV2113",
    title: "an output folder without a name, which is relative to another folder",
    source: recipe({ run: 'run { device = cpu, output_dir = «""» }' }),
    message: "`output_dir` must name a file or folder, not an empty text",
    note: 'For the working directory write `"."`.',
  },
  {
    code: "LV2113",
    title: "images without a folder, which may be none",
    source: recipe({ dataset: `dataset mine from csv { images = «""», ${files} }` }),
    message: "`images` must name a file or folder, not an empty text",
    note: "To do without, write `none`.",
  },
  {
    code: "LV2113",
    title: "annotations on the command line that would have to be downloaded",
    source: from("jsonl", 'train = "a.jsonl"'),
    sets: ["dataset.mine.annotations.train=https://example.org/b.jsonl"],
    message: "`train` must name a file or folder, not a URL",
  },
  {
    code: "LV2106",
    title: "what stands between columns as a character",
    source: recipe({ dataset: `dataset mine from csv { delimiter = «";"», ${files} }` }),
    message: "there is no value `;` for `delimiter`",
    note: "Did you mean `semicolon`?",
    fixed: "{ delimiter = semicolon,",
  },
  {
    code: "LV3030",
    title: "a split with an empty list of files",
    source: from("jsonl", 'train = "a.jsonl", val = «[]»'),
    message: "split `val` of dataset `mine` names no files: its list is empty",
    note: 'Write `val = "…"` with the name of its file, or remove the line.',
    fixed: 'train = "a.jsonl", }',
  },
  {
    code: "LV3030",
    title: "numbered files that are counted down",
    source: from("parquet", 'train = ["a.parquet", «"b-{03..00}-of-{4..4}.parquet"»]'),
    message: "split `train` of dataset `mine` names no files: `{03..00}` counts down",
    fixed: '"b-{00..03}-of-{4..4}.parquet"',
  },
  {
    code: "LV3030",
    title: "more numbered files than a disk has",
    source: from("webdataset", 'train = «"{0..9999999}.tar"»'),
    message: "split `train` of dataset `mine` names no files: `{0..9999999}` would be 10,000,000 of them",
    note: "A range has at most 1,000,000.",
  },
  {
    code: "LV3030",
    title: "numbered files of a format that takes a list",
    source: from("jsonl", 'train = «"part-{00..03}.jsonl"»'),
    message: "split `train` of dataset `mine` names no files: `jsonl` takes no range such as `{00..03}`",
    note: 'List the files: `train = ["…00…", "…03…"]`.',
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
    fixed: 'test = "b.jsonl" }, images = "a" }',
  },
  {
    code: "LV2011",
    title: "files as those of the catalogue's datasets are given, with where they are stored",
    source: from("jsonl", 'train { «storage» = ["a.jsonl", "b.jsonl"] }'),
    message: "`storage` is written without it, as the value of its split: `train = …`",
    fixed: 'annotations { train = ["a.jsonl", "b.jsonl"] }',
  },
  {
    code: "LV2011",
    title: "files that would have to be downloaded and compared",
    source: from("jsonl", 'train { url = "https://example.org/a", md5 = "0", «storage» = "a.jsonl" }'),
    message: "`storage` is written without it, as the value of its split: `train = …`",
    note: "Nothing is downloaded, so that there is no `url` or `md5` either.",
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
    code: "LV3032",
    title: "a slip in one split of a dataset that takes part by another",
    source: recipe({
      dataset: `dataset one from jsonl { ${files} }\n${second('«trian» = "a.jsonl", val = "b.jsonl"')}`,
    }),
    message: "the run uses no split `trian` of dataset `two`",
    note: "Did you mean `train`?",
    fixed: 'annotations { train = "a.jsonl", val = "b.jsonl" }',
  },
  {
    code: "LV3032",
    title: "a slip beside the split that the catalogue states",
    source: recipe({
      dataset: 'dataset emoji_caption { build_info { annotations { «tarin» = "mine.json" } } }',
    }),
    message: "the run uses no split `tarin` of dataset `emoji_caption`",
    note: "Its data would be left out.",
    fixed: 'annotations { train = "mine.json" }',
  },
  {
    code: "LV3032",
    title: "data under a name of its own that training passes over",
    source: recipe({
      dataset: `dataset one from jsonl { ${files} }\n${second('«everything» = "a.jsonl", val = "b.jsonl"')}`,
    }),
    message: "the run uses no split `everything` of dataset `two`",
    note: "Training takes `train`, so it would leave the dataset out.",
    fixed: 'annotations { train = "a.jsonl", val = "b.jsonl" }',
  },
  {
    code: "LV3032",
    title: "the training data of a year, which training passes over",
    source: recipe({
      dataset: `dataset one from jsonl { ${files} }\n${second('«train2014» = "a.jsonl", val = "b.jsonl"')}`,
    }),
    message: "the run uses no split `train2014` of dataset `two`",
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
    note: "Name the field with the captions, or a file of references as `annotation_file` in the task; or score nothing: `report_metric = false` there.",
  },
  {
    code: "LV3071",
    title: "a further field that is a column",
    source: recipe({ dataset: `dataset mine from jsonl { ${files}  fields { «text_input» = "title" } }` }),
    message: '`text_input` cannot stand in `fields`: `columns { caption = "…" }` gives it',
  },
  {
    code: "LV3071",
    title: "a further field that samples of the format have anyway",
    source: recipe({ dataset: `dataset mine from vqa { ${files}  fields { «image_id» = "title" } }` }),
    message: "`image_id` cannot stand in `fields`: samples have it without",
  },
  {
    code: "LV3071",
    title: "a further field that is no image but another medium",
    source: recipe({ dataset: `dataset mine from csv { ${files}  fields { «video» = "clip" } }` }),
    message: "`video` cannot stand in `fields`: this version of the runtime reads no `video`, only `image`",
  },
  {
    code: "LV3072",
    title: "a further field that neither model nor task reads",
    source: recipe({ dataset: `dataset mine from jsonl { ${files}  fields { «price» = "usd" } }` }),
    message: "nothing reads the field `price` of dataset `mine`",
    note: "model `blip_caption` reads `image` and `text_input`.",
    fixed: "fields { }",
  },
];
