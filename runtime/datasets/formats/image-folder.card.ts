import { defineCard, oneOf } from "../../card.ts";
import { captionedFields, ownData } from "./options.card.ts";

/** Folders of images, as torchvision's ImageFolder has them, or images with texts beside them. */
export const image_folder = defineCard({
  kind: "format",
  name: "image_folder",
  doc: "Folders of images without any annotation file: a folder for each caption (`train/red_kettle/1.jpg`), or a text beside each image (`train/1.jpg`, `train/1.txt`).",
  options: {
    captions: oneOf(["folder_name", "text_file"], {
      doc: "Where an image's caption is: in the name of its folder below the split's, with `_` for spaces, or in a `.txt` of the image's name, a caption on each line.",
      default: { value: "folder_name" },
    }),
    ...ownData("a folder, or a list of them."),
  },
  extension: "",
  provides: captionedFields,
  references: ["text_input"],
});
