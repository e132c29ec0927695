import { defineCard } from "../../card.ts";
import { captionColumns, captionedFields, furtherFields, imageFolder, ownData } from "./options.card.ts";

/** The form of LAVIS's caption annotations, such as coco_karpathy_train.json. */
export const karpathy = defineCard({
  kind: "format",
  name: "karpathy",
  doc: 'A JSON list of `{"image": …, "caption": …, "image_id": …}`, the caption a text or a list of references: what LAVIS reads for `coco_caption`.',
  options: {
    images: imageFolder,
    columns: captionColumns("image_id"),
    fields: furtherFields,
    ...ownData("a `.json` file, or a list of them."),
  },
  extension: ".json",
  provides: captionedFields,
  references: ["text_input"],
});
