import { defineCard } from "../../card.ts";
import { captionColumns, captionedFields, furtherFields, imageFolder, ownData } from "./options.card.ts";

/** Apache Parquet, as the Hugging Face hub stores datasets. */
export const parquet = defineCard({
  kind: "format",
  name: "parquet",
  doc: "Parquet tables, as the Hugging Face hub has them. The image column holds file names, or the images themselves (`{bytes, path}`), which are unpacked once into lavis's cache.",
  options: {
    images: imageFolder,
    columns: captionColumns(null),
    fields: furtherFields,
    ...ownData(
      'a `.parquet`, a folder of them, a range such as `"train-{00000..00003}-of-00004.parquet"`, or a list of these.',
    ),
  },
  extension: ".parquet",
  isSharded: true,
  provides: captionedFields,
  references: ["text_input"],
});
