/**
 * The formats of data of the user's own: `dataset my_shop from jsonl` is `from_jsonl("my_shop", { … })` in programs.
 */

import { dataset } from "./component.ts";
import { coco_captions as cocoCaptionsCard } from "./datasets/formats/coco-captions.card.ts";
import { csv as csvCard } from "./datasets/formats/csv.card.ts";
import { image_folder as imageFolderCard } from "./datasets/formats/image-folder.card.ts";
import { jsonl as jsonlCard } from "./datasets/formats/jsonl.card.ts";
import { karpathy as karpathyCard } from "./datasets/formats/karpathy.card.ts";
import { parquet as parquetCard } from "./datasets/formats/parquet.card.ts";
import { vqa as vqaCard } from "./datasets/formats/vqa.card.ts";
import { webdataset as webdatasetCard } from "./datasets/formats/webdataset.card.ts";

export const from_karpathy = dataset(
  karpathyCard,
  async () => (await import("./datasets/formats/karpathy.ts")).openKarpathy,
);

export const from_coco_captions = dataset(
  cocoCaptionsCard,
  async () => (await import("./datasets/formats/coco-captions.ts")).openCocoCaptions,
);

export const from_vqa = dataset(vqaCard, async () => (await import("./datasets/formats/vqa.ts")).openVqa);

export const from_jsonl = dataset(
  jsonlCard,
  async () => (await import("./datasets/formats/jsonl.ts")).openJsonl,
);

export const from_csv = dataset(csvCard, async () => (await import("./datasets/formats/csv.ts")).openCsv);

export const from_image_folder = dataset(
  imageFolderCard,
  async () => (await import("./datasets/formats/image-folder.ts")).openImageFolder,
);

export const from_webdataset = dataset(
  webdatasetCard,
  async () => (await import("./datasets/formats/webdataset.ts")).openWebdataset,
);

export const from_parquet = dataset(
  parquetCard,
  async () => (await import("./datasets/formats/parquet.ts")).openParquetCaptions,
);
