import { block, listOf, mapOf, path, string } from "../../card.ts";
import { ratio } from "../options/dataset.card.ts";
import { processorOptions } from "../options/processors.card.ts";

/** The options of every dataset of the user's own: the files of its splits, and how samples are prepared. */
export const ownData = (files: string) => ({
  annotations: mapOf(
    listOf(path({ doc: "A file or folder.", isLocal: true }), { doc: files, single: true }),
    {
      doc: `The data of each split, by a name of your choice (train, val, …): ${files}`,
    },
  ),
  vis_processor: processorOptions.vis_processor,
  text_processor: processorOptions.text_processor,
  ratio,
});

/** Where images are that rows name. */
export const imageFolder = path({
  doc: "Folder that the images' names are relative to; none is the folder of the annotation file.",
  isLocal: true,
  nullable: true,
  default: { value: null },
});

const imageColumn = (standard: string) =>
  string({ doc: "The field with the image's file name.", default: { value: standard } });
const captionColumn = (standard: string) =>
  string({
    doc: "The field with the caption, or with a list of captions; none where the data has images only.",
    nullable: true,
    default: { value: standard },
  });
const imageIdColumn = (standard: string | null) =>
  string({
    doc: "The field that names the image in results; of rows without it, and where this is none, it is the image's file name. Rows of one image are evaluated together.",
    nullable: true,
    default: { value: standard },
  });
const instanceIdColumn = string({
  doc: "The field that names the sample; none counts the samples.",
  nullable: true,
  default: { value: null },
});

/** Which fields of a row hold what. */
export const captionColumns = (imageId: string | null) =>
  block(
    {
      image: imageColumn("image"),
      caption: captionColumn("caption"),
      image_id: imageIdColumn(imageId),
      instance_id: instanceIdColumn,
    },
    { doc: "Which field of a row holds what." },
  );

/** What samples carry beside that. */
export const furtherFields = mapOf(string({ doc: "The field of a row." }), {
  doc: 'What samples carry besides, by the name under which model and task read it: `fields { price = "price_usd" }` hands numbers, texts and lists of them on as they are.',
  default: { value: {} },
});

/** What samples with captions carry. */
export const captionedFields = ["image", "text_input", "image_id", "instance_id"] as const;
