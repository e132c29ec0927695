import { defineCard } from "../../card.ts";
import { captionedFields, imageFolder, ownData } from "./options.card.ts";

/** The form of COCO's captions_train2017.json (https://cocodataset.org/#format-data). */
export const coco_captions = defineCard({
  kind: "format",
  name: "coco_captions",
  doc: 'COCO\'s own captions: `{"images": [{"id", "file_name"}], "annotations": [{"image_id", "caption"}]}`. Images without a caption are left out.',
  options: {
    images: imageFolder,
    ...ownData("a `.json` file, or a list of them."),
  },
  extension: ".json",
  provides: captionedFields,
  references: ["text_input"],
});
